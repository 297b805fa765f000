import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  federatedCredential,
  type ManagedIdentityOptions,
  MicrosoftClient,
  MicrosoftManagedIdentity,
} from "@grantkit/provider-microsoft";
import { FakeClock } from "@grantkit/provider-microsoft/testing";
import { polluted } from "../../core/test/support/prototype-traps.ts";
import { type Answer, MicrosoftServer, type ReceivedRequest } from "./support/microsoft-server.ts";

const HEADER = "canary-identity-header";
const GRAPH = "https://graph.microsoft.com";
/** The path of App Service's endpoint, and the metadata service's. */
const PATH = "/msi/token";

/** A clock whose pauses are over at once; time limits stay. */
class PausingClock extends FakeClock {
  override after(milliseconds: number, callback: () => void, isPause = false): () => void {
    const cancel = super.after(milliseconds, callback);
    if (isPause) setImmediate(() => this.advance(milliseconds));
    return cancel;
  }
}

let server: MicrosoftServer;
let clock: PausingClock;
let count: number;
let answer: (request: ReceivedRequest) => Answer;

beforeEach(async () => {
  server = await MicrosoftServer.start();
  clock = new PausingClock();
  count = 0;
  answer = () => ({ body: tokenBody() });
  server.answers.set(PATH, (request) => answer(request));
  server.answers.set("/v1.0/me", ({ headers }) => ({ body: { by: headers.authorization } }));
});
afterEach(() => server.close());

/** What both endpoints answer; they write numbers as texts. */
function tokenBody(): Record<string, string> {
  count += 1;
  const end = Math.floor(clock.now() / 1000) + 86_400;
  return { access_token: `at-${count}`, token_type: "Bearer", expires_on: String(end) };
}

function identityOf(options: ManagedIdentityOptions = {}): MicrosoftManagedIdentity {
  const endpoint = `${server.origin}${PATH}`;
  const { endpoints } = server;
  return new MicrosoftManagedIdentity({ endpoint, header: HEADER, endpoints, clock, ...options });
}

const asked = () => server.requests.filter(({ path }) => path === PATH);

describe("the endpoint of App Service", () => {
  it("is asked with its header and version", async () => {
    const token = await identityOf().fetchToken();
    expect(token).toMatchObject({ accessToken: "at-1", tokenType: "bearer" });
    expect(token.expiresAt?.getTime()).toBeGreaterThan(clock.now() + 86_000_000);
    const [request] = asked();
    expect(request).toMatchObject({ method: "GET" });
    expect(request?.headers).toMatchObject({ "x-identity-header": HEADER });
    expect(request?.fields).toEqual({ "api-version": "2019-08-01", resource: GRAPH });
  });

  it.each<[ManagedIdentityOptions, object]>([
    [{ clientId: "c" }, { client_id: "c" }],
    [{ objectId: "o" }, { principal_id: "o" }],
    [{ resourceId: "/subscriptions/s" }, { mi_res_id: "/subscriptions/s" }],
  ])("names the user-assigned identity %j", async (options, fields) => {
    await identityOf(options).fetchToken({ resource: "https://vault.azure.net" });
    expect(asked()[0]?.fields).toEqual({
      "api-version": "2019-08-01",
      resource: "https://vault.azure.net",
      ...fields,
    });
  });
});

describe("the metadata service of a virtual machine", () => {
  it.each<[ManagedIdentityOptions, object]>([
    [{}, {}],
    [{ clientId: "c" }, { client_id: "c" }],
    [{ objectId: "o" }, { object_id: "o" }],
    [{ resourceId: "r" }, { msi_res_id: "r" }],
  ])("is asked at its own address, over plain http: %j", async (options, fields) => {
    const sent: { url: string | undefined; metadata: unknown }[] = [];
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    subscribe("grantkit:warning", warn);
    const identity = new MicrosoftManagedIdentity({
      ...options,
      clock,
      http: {
        adapter: (config) => {
          sent.push({ url: config.url, metadata: config.headers.get("metadata") });
          const data = Buffer.from(JSON.stringify(tokenBody()));
          return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
        },
      },
    });
    await expect(identity.fetchToken()).resolves.toMatchObject({ accessToken: "at-1" });
    unsubscribe("grantkit:warning", warn);
    // Nobody can give this address https.
    expect(warnings).toEqual([]);
    const [request] = sent;
    expect(request?.metadata).toBe("true");
    const url = new URL(request?.url ?? "");
    expect(url.origin + url.pathname).toBe("http://169.254.169.254/metadata/identity/oauth2/token");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      "api-version": "2018-02-01",
      resource: GRAPH,
      ...fields,
    });
  });
});

it("keeps a token until shortly before its end, and one for each resource", async () => {
  const identity = identityOf();
  const tokens = [await identity.fetchToken(), await identity.fetchToken()];
  expect(tokens[1]).toBe(tokens[0]);
  await identity.fetchToken({ resource: "https://vault.azure.net" });
  expect(asked()).toHaveLength(2);
  clock.advance(86_400_000 - 299_000);
  await expect(identity.fetchToken()).resolves.toMatchObject({ accessToken: "at-3" });
});

it("sends one request for a hundred callers", async () => {
  const identity = identityOf();
  const tokens = await Promise.all(Array.from({ length: 100 }, () => identity.fetchToken()));
  expect(new Set(tokens).size).toBe(1);
  expect(asked()).toHaveLength(1);
});

describe("a session", () => {
  it("gets its next token by itself when one expires, and when the API refuses one", async () => {
    const session = await identityOf().session();
    const by = async () => ((await session.get("/me")).data as { by: string }).by;
    expect(await by()).toBe("Bearer at-1");
    clock.advance(86_400_000);
    expect(await by()).toBe("Bearer at-2");
    server.answers.set("/v1.0/me", ({ headers }) =>
      headers.authorization === "Bearer at-2"
        ? { status: 401, body: {} }
        : { body: { by: headers.authorization } },
    );
    expect(await by()).toBe("Bearer at-3");
    expect(asked()).toHaveLength(3);
  });

  it("sends the token of another API to the origins that are named, and to no other", async () => {
    const resource = "https://vault.azure.net";
    const session = await identityOf().session({ resource, allowedOrigins: [server.origin] });
    await expect(session.get("https://evil.example/secrets")).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    expect(asked()[0]?.fields).toMatchObject({ resource });
  });
});

it("is the federated credential of an app", async () => {
  answer = () => ({ body: { ...tokenBody(), access_token: "eyJhbGciOiJSUzI1NiJ9.e30.mi" } });
  const identity = identityOf();
  const resource = "api://AzureADTokenExchange";
  const { clientId, endpoints } = server;
  const client = new MicrosoftClient({
    clientId,
    endpoints,
    clock,
    clientAuthentication: federatedCredential(
      async () => (await identity.fetchToken({ resource })).accessToken,
    ),
  });
  await client.fetchClientCredentialsToken({ scope: [`${GRAPH}/.default`] });
  expect(server.tokenForms[0]).toMatchObject({ client_assertion: "eyJhbGciOiJSUzI1NiJ9.e30.mi" });
});

describe("a failure", () => {
  const failing = (status: number, times: number, headers = {}) => {
    let left = times;
    answer = () =>
      (left -= 1) >= 0
        ? { status, headers, body: { error: "odd", error_description: `No. ${HEADER}` } }
        : { body: tokenBody() };
  };

  it.each([
    [404, 3, 7000],
    [429, 3, 7000],
    [500, 3, 7000],
    // The metadata service is replaced within 70 seconds.
    [410, 7, 70_000],
  ])("with status %i is repeated after growing pauses, %i times", async (status, times, waited) => {
    failing(status, times);
    const before = clock.now();
    await expect(identityOf().fetchToken()).resolves.toMatchObject({ accessToken: "at-1" });
    expect(asked()).toHaveLength(times + 1);
    expect(clock.now() - before).toBe(waited);
  });

  it("waits as long as the answer says", async () => {
    failing(429, 1, { "retry-after": "30" });
    const before = clock.now();
    await identityOf().fetchToken();
    expect(clock.now() - before).toBe(30_000);
  });

  it.each([
    [400, "INVALID_REQUEST", false, 1],
    [403, "UNAUTHORIZED_CLIENT", false, 1],
    [429, "RATE_LIMITED", true, 4],
    [404, "TEMPORARILY_UNAVAILABLE", true, 4],
    [503, "SERVER_ERROR", true, 4],
  ])("with status %i that stays is %s", async (status, code, retryable, times) => {
    failing(status, 100);
    const identity = identityOf();
    const error: unknown = await identity.fetchToken().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, status, retryable, error: "odd", provider: "microsoft" });
    expect(asked()).toHaveLength(times);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain(HEADER);
    // The next caller asks again.
    answer = () => ({ body: tokenBody() });
    await expect(identity.fetchToken()).resolves.toMatchObject({ accessToken: "at-1" });
  });

  it.each<[string, object]>([
    ["access_token", { token_type: "Bearer", expires_on: "1999999999" }],
    ["token_type", { access_token: "at", token_type: "pop", expires_on: "1999999999" }],
    ["expires_on", { access_token: "at", token_type: "Bearer", expires_on: "soon" }],
    ["body", [1]],
  ])("is an answer without a usable %s", async (field, body) => {
    answer = () => ({ body });
    await expect(identityOf().fetchToken()).rejects.toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field },
    });
  });

  it("ends the wait of a caller who aborts, not the request", async () => {
    const controller = new AbortController();
    const identity = identityOf();
    const aborted = identity.fetchToken({ signal: controller.signal });
    const other = identity.fetchToken();
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await expect(other).resolves.toMatchObject({ accessToken: "at-1" });
  });
});

it.each<[string, object]>([
  ["header", { header: undefined }],
  ["endpoint", { endpoint: undefined }],
  ["endpoint", { endpoint: "http://10.0.0.1/token" }],
  ["endpoint", { endpoint: "http://169.254.1.1.evil.example/token" }],
  ["endpoint", { endpoint: "x" }],
  ["choose", { clientId: "c", objectId: "o" }],
  ["clientId", { clientId: "" }],
  ["tenant", { tenant: "common" }],
])("refuses a bad %s: %j", (name, options) => {
  expect(() => identityOf(options)).toThrow(new RegExp(`- ${name} `));
});

it("shows its header in no inspection, and takes nothing from a polluted Object.prototype", async () => {
  expect(inspect(identityOf(), { depth: 9, showHidden: true })).not.toContain(HEADER);
  await polluted(
    { clientId: "evil", objectId: "evil", resource: "https://evil.example" },
    async () => {
      await identityOf().fetchToken();
    },
  );
  expect(JSON.stringify(asked())).not.toContain("evil");
});
