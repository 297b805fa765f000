import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import {
  federatedCredential,
  type ManagedIdentityOptions,
  MicrosoftClient,
  MicrosoftManagedIdentity,
} from "@grantkit/provider-microsoft";
import { FakeClock } from "@grantkit/provider-microsoft/testing";
import { polluted } from "../../core/test/support/prototype-traps.ts";
import { microsoftForEach } from "./support/client.ts";

const GRAPH = "https://graph.microsoft.com";
/** App Service's endpoint. */
const PATH = "/msi/token";

/** A clock whose pauses are over at once; time limits stay. */
class PausingClock extends FakeClock {
  override after(milliseconds: number, callback: () => void, isPause = false): () => void {
    const cancel = super.after(milliseconds, callback);
    if (isPause) setImmediate(() => this.advance(milliseconds));
    return cancel;
  }
}

const microsoft = microsoftForEach(PausingClock);

function identityOf(options: ManagedIdentityOptions = {}): MicrosoftManagedIdentity {
  const { origin, endpoints, identityHeader: header } = microsoft.server;
  const { clock } = microsoft;
  const endpoint = origin + PATH;
  return new MicrosoftManagedIdentity({ endpoint, header, endpoints, clock, ...options });
}

const asked = () => microsoft.server.requests.filter(({ path }) => path === PATH);
/** The client ID of the emulator's identity. */
const IDENTITY = "55555555-eeee-4eee-8eee-555555555555";
/** Milliseconds. */
const lifetime = 4_799_000;

describe("the endpoint of App Service", () => {
  it("is asked with its header and version", async () => {
    const token = await identityOf().fetchToken();
    expect(token).toMatchObject({ accessToken: expect.any(String), tokenType: "bearer" });
    expect(token.expiresAt?.getTime()).toBe(microsoft.clock.now() + lifetime);
    const [request] = asked();
    expect(request).toMatchObject({ method: "GET" });
    expect(request?.headers).toMatchObject({
      "x-identity-header": microsoft.server.identityHeader,
    });
    expect(request?.query).toEqual({ "api-version": "2019-08-01", resource: GRAPH });
  });

  it.each<[ManagedIdentityOptions, object]>([
    [{ clientId: IDENTITY }, { client_id: IDENTITY }],
    [{ objectId: "o" }, { principal_id: "o" }],
    [{ resourceId: "/subscriptions/s" }, { mi_res_id: "/subscriptions/s" }],
  ])("names the user-assigned identity %j", async (options, fields) => {
    await identityOf(options).fetchToken({ resource: "https://vault.azure.net" });
    expect(asked()[0]?.query).toEqual({
      "api-version": "2019-08-01",
      resource: "https://vault.azure.net",
      ...fields,
    });
  });
});

describe("the metadata service of a virtual machine", () => {
  /** The identity of a machine, and the addresses that it asks. */
  function machineIdentity(options: ManagedIdentityOptions = {}) {
    const sent: (string | undefined)[] = [];
    const identity = new MicrosoftManagedIdentity({
      ...options,
      clock: microsoft.clock,
      http: {
        // The emulator in the place of the address that this machine does not have.
        adapter: async (config) => {
          sent.push(config.url);
          const { pathname, search } = new URL(config.url ?? "");
          const metadata = String(config.headers.get("metadata"));
          const url = microsoft.server.origin + pathname + search;
          const response = await fetch(url, { headers: { metadata } });
          const data = Buffer.from(await response.arrayBuffer());
          return { status: response.status, statusText: "", data, headers: {}, config };
        },
      },
    });
    return { identity, sent };
  }

  it("is asked past its cache for a token that it kept past its end", async () => {
    microsoft.server.configure({ identityCache: "stale" });
    const first = await machineIdentity().identity.fetchToken();
    microsoft.clock.advance(lifetime);
    const { identity, sent } = machineIdentity();
    const second = await identity.fetchToken();
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.expiresAt?.getTime()).toBe(microsoft.clock.now() + lifetime);
    const bypassed = sent.map((url = "") => new URL(url).searchParams.get("bypass_cache"));
    expect(bypassed).toEqual([null, "true"]);
  });

  it.each<[ManagedIdentityOptions, object]>([
    [{}, {}],
    [{ clientId: IDENTITY }, { client_id: IDENTITY }],
    [{ objectId: "o" }, { object_id: "o" }],
    [{ resourceId: "r" }, { msi_res_id: "r" }],
  ])("is asked at its own address, over plain http: %j", async (options, fields) => {
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    subscribe("grantkit:warning", warn);
    const { identity, sent } = machineIdentity(options);
    const token = await identity.fetchToken();
    expect(token.expiresAt?.getTime()).toBe(microsoft.clock.now() + lifetime);
    unsubscribe("grantkit:warning", warn);
    // Nobody can give this address https.
    expect(warnings).toEqual([]);
    const url = new URL(sent[0] ?? "");
    expect(url.origin + url.pathname).toBe("http://169.254.169.254/metadata/identity/oauth2/token");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      "api-version": "2018-02-01",
      resource: GRAPH,
      ...fields,
    });
  });
});

it("is not handed a token that has expired, where the endpoint has no way past its cache", async () => {
  microsoft.server.configure({ identityCache: "stale" });
  const first = await identityOf().fetchToken();
  microsoft.clock.advance(lifetime - 1000);
  // It is valid for another second.
  expect((await identityOf().fetchToken()).accessToken).toBe(first.accessToken);
  microsoft.clock.advance(1000);
  const identity = identityOf();
  for (const call of [() => identity.fetchToken(), () => identity.session()]) {
    await expect(call()).rejects.toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      message: expect.stringContaining("has expired by this machine's clock"),
      provider: "microsoft",
      details: { field: "expires_on" },
    });
  }
  expect(asked()).toHaveLength(4);
  microsoft.server.configure({ identityCache: "none" });
  // The next caller asks again.
  await expect(identity.fetchToken()).resolves.toHaveProperty("accessToken");
});

it("keeps a token until shortly before its end, and one for each resource", async () => {
  const identity = identityOf();
  const tokens = [await identity.fetchToken(), await identity.fetchToken()];
  expect(tokens[1]).toBe(tokens[0]);
  await identity.fetchToken({ resource: "https://vault.azure.net" });
  expect(asked()).toHaveLength(2);
  microsoft.clock.advance(lifetime - 239_000);
  await identity.fetchToken();
  expect(asked()).toHaveLength(3);
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
    const sent = async () => {
      // Microsoft Graph answers 400: the token is of no user.
      await session.get("/me", { validateStatus: (status) => status === 400 });
      return microsoft.server.requests.at(-1)?.headers["authorization"];
    };
    const first = await sent();
    expect(await sent()).toBe(first);
    microsoft.clock.advance(lifetime);
    const second = await sent();
    expect(second).not.toBe(first);
    microsoft.server.failNext("api-invalid-token");
    expect(await sent()).not.toBe(second);
    expect(asked()).toHaveLength(3);
  });

  it("sends the token of another API to the origins that are named, and to no other", async () => {
    const resource = "https://vault.azure.net";
    const session = await identityOf().session({
      resource,
      allowedOrigins: [microsoft.server.origin],
    });
    await expect(session.get("https://evil.example/secrets")).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    expect(asked()[0]?.query).toMatchObject({ resource });
  });
});

it("is the federated credential of an app", async () => {
  const identity = identityOf();
  const resource = "api://AzureADTokenExchange";
  const { clientId, tenantId } = microsoft.server;
  const client = new MicrosoftClient({
    clientId,
    tenant: tenantId,
    endpoints: microsoft.server.tenantEndpoints(tenantId),
    clock: microsoft.clock,
    clientAuthentication: federatedCredential(
      async () => (await identity.fetchToken({ resource })).accessToken,
    ),
  });
  await client.fetchClientCredentialsToken({ scope: [`${GRAPH}/.default`] });
  const { accessToken } = await identity.fetchToken({ resource });
  expect(microsoft.tokenForms[0]).toMatchObject({ client_assertion: accessToken });
});

describe("a failure", () => {
  const failing = (status: number, times: number, headers = {}) => {
    const { identityHeader } = microsoft.server;
    const body = { error: "odd", error_description: `No. ${identityHeader}` };
    microsoft.server.failNext({ path: PATH, status, headers, body }, times);
  };

  it.each([
    [404, 3, 7000],
    [429, 3, 7000],
    [500, 3, 7000],
    // The metadata service is replaced within 70 seconds.
    [410, 7, 70_000],
  ])("with status %i is repeated after growing pauses, %i times", async (status, times, waited) => {
    failing(status, times);
    const before = microsoft.clock.now();
    await expect(identityOf().fetchToken()).resolves.toHaveProperty("accessToken");
    expect(asked()).toHaveLength(times + 1);
    expect(microsoft.clock.now() - before).toBe(waited);
  });

  it("waits as long as the answer says", async () => {
    failing(429, 1, { "retry-after": "30" });
    const before = microsoft.clock.now();
    await identityOf().fetchToken();
    expect(microsoft.clock.now() - before).toBe(30_000);
  });

  it("does not wait for more than a minute", async () => {
    failing(429, 1, { "retry-after": "61" });
    await expect(identityOf().fetchToken()).rejects.toMatchObject({
      code: "RATE_LIMITED",
      retryAfter: 61,
    });
    expect(asked()).toHaveLength(1);
  });

  it.each([
    [400, "INVALID_REQUEST", false, 1],
    [403, "UNAUTHORIZED_CLIENT", false, 1],
    [429, "RATE_LIMITED", true, 4],
    [404, "TEMPORARILY_UNAVAILABLE", true, 4],
    [503, "SERVER_ERROR", true, 4],
  ])("with status %i that stays is %s", async (status, code, retryable, times) => {
    failing(status, times);
    const identity = identityOf();
    const error: unknown = await identity.fetchToken().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, status, retryable, error: "odd", provider: "microsoft" });
    expect(asked()).toHaveLength(times);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain(
      microsoft.server.identityHeader,
    );
    // The next caller asks again.
    await expect(identity.fetchToken()).resolves.toHaveProperty("accessToken");
  });

  it.each<[string, object]>([
    ["access_token", { token_type: "Bearer", expires_on: "1999999999" }],
    ["token_type", { access_token: "at", token_type: "pop", expires_on: "1999999999" }],
    ["expires_on", { access_token: "at", token_type: "Bearer", expires_on: "soon" }],
    ["access_token", [1]],
  ])("is an answer without a usable %s", async (field, body) => {
    microsoft.server.failNext({ path: PATH, status: 200, body });
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
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    await expect(other).resolves.toHaveProperty("accessToken");
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

it.each([{ resource: "" }, { resource: 5 }, { resource: null }, { resorce: "x" }])(
  "asks for no token with the options %j",
  async (options) => {
    const identity = identityOf();
    const refused = { code: "CONFIGURATION_INVALID" };
    await expect(identity.fetchToken(options as never)).rejects.toMatchObject(refused);
    await expect(identity.session(options as never)).rejects.toMatchObject(refused);
    expect(asked()).toEqual([]);
  },
);

it.each(["canary\r\nx", "canary é"])("shows the header %j in no error", (header) => {
  expect(() => identityOf({ header })).toThrow(/- header must be/);
  expect(() => identityOf({ header })).not.toThrow(/canary/);
});

it("shows its header in no inspection, and takes nothing from a polluted Object.prototype", async () => {
  expect(inspect(identityOf(), { depth: 9, showHidden: true })).not.toContain(
    microsoft.server.identityHeader,
  );
  await polluted(
    { clientId: "evil", objectId: "evil", resource: "https://evil.example" },
    async () => {
      await identityOf().fetchToken();
    },
  );
  expect(JSON.stringify(asked())).not.toContain("evil");
});
