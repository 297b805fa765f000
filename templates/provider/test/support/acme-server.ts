import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server received. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The fields of the query and of the form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A response of the server. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

interface Grant {
  readonly query: Readonly<Record<string, string>>;
  readonly scope: readonly string[];
}

const USER = { sub: "ada", name: "Ada Lovelace", email: "ada@example.com", email_verified: true };

/** Signing keys are slow to make: one for all servers of a file. */
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/**
 * Acme on this machine, made from Acme's documentation and never from the client. When `@grantkit/emulator` has Acme, test
 * against that and delete this file.
 *
 * FILL IN what Acme does differently.
 */
export class AcmeServer {
  readonly clientId: string = "client-id";
  readonly clientSecret: string = "client-secret-of-the-mock";
  /** What the server received, the oldest first. */
  readonly requests: ReceivedRequest[] = [];
  /** Responses that replace the server's own, by path. */
  readonly answers: Map<string, (request: ReceivedRequest) => Answer> = new Map();
  readonly #server: Server;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();
  readonly #accessTokens = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<AcmeServer> {
    const http = createServer();
    const server = new AcmeServer(http);
    http.on("request", async (incoming, response) => {
      const { status = 200, headers, body } = server.#answer(await read(incoming));
      // Tests must not depend on the machine's time.
      response.sendDate = false;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    http.unref();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get endpoints() {
    const { origin } = this;
    return {
      issuer: origin,
      authorization: `${origin}/authorize`,
      token: `${origin}/token`,
      jwks: `${origin}/keys`,
      userInfo: `${origin}/userinfo`,
      api: `${origin}/api`,
    };
  }

  /** Opens an authorization URL as the user's browser does, and consents. Returns the callback's URL. */
  async authorize(url: string): Promise<string> {
    const response = await fetch(url, { redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null) throw new Error(await response.text());
    return location;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: ReceivedRequest): Answer {
    this.requests.push(request);
    const replaced = this.answers.get(request.path);
    if (replaced) return replaced(request);
    if (request.path === "/authorize") return this.#authorize(request.fields);
    if (request.path === "/token") return this.#exchange(request.fields);
    if (request.path === "/keys") {
      const jwk = publicKey.export({ format: "jwk" });
      return { body: { keys: [{ ...jwk, kid: "1", use: "sig", alg: "RS256" }] } };
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!this.#accessTokens.has(token ?? "")) {
      return { status: 401, body: { error: "invalid_token" } };
    }
    return request.path === "/userinfo" ? { body: USER } : { status: 404, body: {} };
  }

  #authorize(query: Grant["query"]): Answer {
    const code = randomUUID();
    this.#codes.set(code, { query, scope: (query["scope"] ?? "").split(" ") });
    const location = new URL(query["redirect_uri"] ?? "");
    location.searchParams.set("code", code);
    location.searchParams.set("state", query["state"] ?? "");
    return { status: 302, headers: { location: location.href }, body: {} };
  }

  #exchange(form: ReceivedRequest["fields"]): Answer {
    const isRefresh = form["grant_type"] === "refresh_token";
    if (form["client_secret"] !== this.clientSecret) {
      return { status: 401, body: { error: "invalid_client" } };
    }
    const grants = isRefresh ? this.#refreshTokens : this.#codes;
    const spent = form[isRefresh ? "refresh_token" : "code"] ?? "";
    const grant = grants.get(spent);
    grants.delete(spent);
    const challenge = createHash("sha256").update(form["code_verifier"] ?? "");
    const isProven = isRefresh || grant?.query["code_challenge"] === challenge.digest("base64url");
    if (!grant || !isProven) return { status: 400, body: { error: "invalid_grant" } };
    const accessToken = randomUUID();
    const refreshToken = randomUUID();
    this.#accessTokens.add(accessToken);
    this.#refreshTokens.set(refreshToken, grant);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.origin, aud: this.clientId, iat: now, exp: now + 600, ...USER };
    const nonce = isRefresh ? undefined : grant.query["nonce"];
    return {
      body: {
        access_token: accessToken,
        token_type: "Bearer",
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: grant.scope.join(" "),
        id_token: signJwt({ ...claims, nonce }, privateKey),
      },
    };
  }
}

function signJwt(claims: object, key: KeyObject): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const input = `${encode({ alg: "RS256", kid: "1", typ: "JWT" })}.${encode(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  let body = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) body += String(chunk);
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://127.0.0.1");
  const form = new URLSearchParams(body);
  return {
    method: incoming.method ?? "",
    path: pathname,
    headers: incoming.headers,
    fields: Object.fromEntries([...searchParams, ...form]),
  };
}
