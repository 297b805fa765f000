import { afterAll, beforeEach } from "@jest/globals";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { Agent } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { APP } from "./app.ts";
import { refuseAuthorization, requestedScope } from "./authorization-endpoint.ts";
import { refuseClient } from "./client-authentication.ts";
import type { Answer, Call, ProviderFacts, Refusal } from "./facts.ts";
import { keySet } from "./signing.ts";
import { IssuedTokens } from "./token-endpoint.ts";

/**
 * A provider on this machine that answers at the real provider's URLs: its agent leads every host here, and TLS is left
 * out. So an example is tested as it is, hosts included.
 */
export class MockProvider {
  /** What the mock received. */
  readonly calls: Call[] = [];
  /** The time, in milliseconds since the epoch. */
  time: number = Date.UTC(2026, 0, 15, 12);
  /** Scopes that the user unticks on the consent page. */
  readonly unticked = new Set<string>();
  readonly #facts: ProviderFacts;
  readonly #server: Server;
  #issued: IssuedTokens;
  #visits = 0;

  private constructor(facts: ProviderFacts, server: Server) {
    this.#facts = facts;
    this.#server = server;
    this.#issued = new IssuedTokens(facts);
  }

  /** Starts a mock for the tests of a file. Each test starts without users and tokens. */
  static async startForFile(facts: ProviderFacts): Promise<MockProvider> {
    const mock = await MockProvider.start(facts);
    beforeEach(() => mock.#reset());
    afterAll(() => {
      mock.#server.close();
    });
    return mock;
  }

  /** Starts a mock that ends with the process. */
  static async start(facts: ProviderFacts): Promise<MockProvider> {
    const server = createServer();
    const mock = new MockProvider(facts, server);
    server.on("request", async (incoming, response) => {
      const { status = 200, body = "", headers } = await mock.#answer(await readCall(incoming));
      const isText = typeof body === "string";
      // Tests must not depend on the machine's time.
      response.sendDate = false;
      response.writeHead(status, {
        connection: "close",
        "content-type": isText ? "text/html" : "application/json;charset=utf-8",
        ...headers,
      });
      response.end(isText ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return mock;
  }

  /** An agent for https that leads every host to this mock. */
  get agent(): Agent {
    const agent = new Agent();
    Object.assign(agent, { createConnection: () => connect(this.#port, "127.0.0.1") });
    return agent;
  }

  /** Sends a request to one of the provider's URLs. */
  fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { host, pathname, search } = new URL(url);
    // fetch sets Host itself.
    const headers = { ...(init.headers as Record<string, string>), "x-forwarded-host": host };
    return fetch(`http://127.0.0.1:${this.#port}${pathname}${search}`, {
      redirect: "manual",
      ...init,
      headers,
    });
  }

  /** Posts fields to one of the provider's URLs as a form. */
  post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.fetch(url, { method: "POST", body: new URLSearchParams(fields), headers });
  }

  /** Opens an authorization URL as the user's browser does and consents. Returns what the browser sends to the app. */
  async consent(url: string): Promise<string | Request> {
    const response = await this.fetch(url);
    const location = response.headers.get("location");
    if (location !== null) return location;
    const page = await response.text();
    if (!page.startsWith("<form")) throw new Error(`The authorization page says: ${page}`);
    const inputs = [...page.matchAll(/name="(.*?)" value="(.*?)"/g)];
    const fields = inputs.map(
      ([, name = "", value = ""]) => [name, decodeURIComponent(value)] as const,
    );
    return new Request(APP.redirectUri, {
      method: "POST",
      body: new URLSearchParams(Object.fromEntries(fields)),
    });
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get #now(): number {
    return Math.floor(this.time / 1000);
  }

  #reset(): void {
    this.calls.length = 0;
    this.unticked.clear();
    this.#visits = 0;
    this.#issued = new IssuedTokens(this.#facts);
  }

  async #answer(call: Call): Promise<Answer & { readonly headers?: Record<string, string> }> {
    this.calls.push(call);
    const { authorization, token, revocation, jwks, pages, keyMembers } = this.#facts;
    const place = call.url.origin + call.url.pathname;
    if (place === authorization) return this.#authorize(call);
    if (place === jwks) return { body: await keySet(keyMembers) };
    const page = pages?.[`${call.method} ${place}`];
    if (page) return page(call);
    if (place !== token && place !== revocation) return this.#serveApi(call, place);
    if (call.method !== "POST") return { status: 405, body: {} };
    const refusal = await refuseClient(this.#facts, call, this.#now);
    if (refusal) return this.#refuse(refusal);
    if (place === revocation) return this.#revoke(call);
    const answer = await this.#issued.exchange(call, this.#now);
    return "error" in answer ? this.#refuse(answer) : answer;
  }

  #authorize({ fields: query }: Call): Answer & { headers?: Record<string, string> } {
    const refusal = refuseAuthorization(this.#facts, query);
    if (refusal) return this.#refuse(refusal);
    const scope = requestedScope(this.#facts, query).filter((name) => !this.unticked.has(name));
    const authenticatedAt = this.#now;
    const grant = {
      query,
      scope,
      authenticatedAt,
      visit: this.#visits,
      code: "",
      isRevoked: false,
    };
    this.#visits += 1;
    this.#issued.addCode(grant);
    const parameters = {
      code: grant.code,
      state: query["state"] ?? "",
      ...this.#facts.callback?.(grant),
    };
    if (query["response_mode"] === "form_post") return { body: formPost(parameters) };
    const location = `${APP.redirectUri}?${new URLSearchParams(parameters).toString()}`;
    return { status: 302, headers: { location } };
  }

  #revoke({ fields }: Call): Answer {
    const { unknown, done } = this.#facts.revocationAnswers ?? {};
    return (this.#issued.revoke(fields["token"]) ? done : unknown) ?? {};
  }

  #serveApi(call: Call, place: string): Answer {
    const { api, unauthorized } = this.#facts;
    const handle = api?.[`${call.method} ${place}`];
    if (!handle) return { status: 404, body: { message: `Nothing is at ${call.method} ${place}` } };
    const credential = this.#facts.credential ? this.#facts.credential(call) : bearer(call);
    const grant = this.#issued.grantOf(credential, this.#now);
    if (grant) return handle(call, grant);
    return unauthorized ?? { status: 401, body: { error: "invalid_token" } };
  }

  #refuse(refusal: Refusal): Answer {
    const { error, description, status = 400 } = refusal;
    const body = this.#facts.error?.(refusal) ?? { error, error_description: description };
    return { status, body };
  }
}

function bearer({ headers }: Call): string | undefined {
  return /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1];
}

/** A page that posts the callback's parameters to the app (OAuth 2.0 Form Post Response Mode). */
function formPost(parameters: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(parameters).map(
    ([name, value]) => `<input name="${name}" value="${encodeURIComponent(value)}">`,
  );
  return `<form method="post" action="${APP.redirectUri}">${inputs.join("")}</form>`;
}

async function readCall(incoming: IncomingMessage): Promise<Call> {
  const { method = "", url: path = "", headers } = incoming;
  let body = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) body += String(chunk);
  const url = new URL(path, `https://${String(headers["x-forwarded-host"] ?? headers.host)}`);
  const isJson = headers["content-type"]?.startsWith("application/json") && body !== "";
  const fields = isJson
    ? (JSON.parse(body) as Record<string, string>)
    : Object.fromEntries(method === "GET" ? url.searchParams : new URLSearchParams(body));
  return { method, url, headers: headers as Call["headers"], fields, body };
}
