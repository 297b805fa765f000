import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { AuthorizationRequest, OAuth2Client, ProviderDefinition } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import type { Answering } from "./support/loopback-server.ts";
import { callbackFor, GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

type Pkce = ProviderDefinition["pkce"];

/** What a provider of each method computes from the verifier. */
const CHALLENGES: readonly [Pkce, string, (verifier: string) => string][] = [
  [undefined, "S256", (verifier) => createHash("sha256").update(verifier).digest("base64url")],
  ["S256", "S256", (verifier) => createHash("sha256").update(verifier).digest("base64url")],
  ["plain", "plain", (verifier) => verifier],
  ["sha256-hex", "S256", (verifier) => createHash("sha256").update(verifier).digest("hex")],
];

let endpoint: TokenEndpoint;
beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

/** The authorization URL's parameters; the token endpoint now insists on the verifier of their challenge. */
function begun({ url }: AuthorizationRequest, challengeOf: (verifier: string) => string) {
  const query = new URL(url).searchParams;
  const insisting: Answering = ({ body }) => {
    const verifier = new URLSearchParams(body).get("code_verifier") ?? "";
    return challengeOf(verifier) === query.get("code_challenge")
      ? { body: GOOD }
      : { status: 400, body: { error: "invalid_grant" } };
  };
  endpoint.answer(insisting);
  return query;
}

const finish = (client: OAuth2Client, request: AuthorizationRequest) =>
  client.fetchToken(callbackFor(request), JSON.parse(JSON.stringify(request)));

describe("a provider's definition", () => {
  it.each(CHALLENGES)(
    "with pkce %j sends the method %s and a challenge that the provider computes from the verifier",
    async (pkce, method, challengeOf) => {
      const client = endpoint.client(pkce === undefined ? {} : { pkce });
      const request = await client.authorizationRequest();
      const query = begun(request, challengeOf);
      expect(query.get("code_challenge_method")).toBe(method);
      expect(request.codeVerifier).toMatch(/^[\w-]{43}$/);
      expect((await finish(client, request)).accessToken).toBe(GOOD["access_token"]);
    },
  );

  it("with pkce false sends no challenge and no verifier, and state all the same", async () => {
    const client = endpoint.client({ pkce: false });
    const request = await client.authorizationRequest();
    endpoint.answer(({ body }) =>
      new URLSearchParams(body).has("code_verifier")
        ? { status: 400, body: { error: "invalid_request" } }
        : { body: GOOD },
    );
    const names = [...new URL(request.url).searchParams.keys()];
    expect(names.filter((name) => name.startsWith("code_challenge"))).toEqual([]);
    expect(request.codeVerifier).toBe("");
    expect(request.state).toMatch(/^[\w-]{43}$/);
    expect((await finish(client, request)).accessToken).toBe(GOOD["access_token"]);
  });

  it("with pkce false sends no verifier that an edited record brings", async () => {
    const client = endpoint.client({ pkce: false });
    const request = await client.authorizationRequest();
    await finish(client, { ...request, codeVerifier: "v".repeat(43) });
    expect(endpoint.form()).not.toHaveProperty("code_verifier");
  });

  it.each<[string, unknown]>([
    ["an empty verifier", ""],
    ["no verifier", undefined],
    ["false", false],
  ])("with PKCE refuses a stored request with %s before the code is sent", async (_what, value) => {
    const client = endpoint.client();
    const request = { ...(await client.authorizationRequest()), codeVerifier: value as string };
    expect(await rejectionOf(finish(client, request))).toMatchObject({
      problems: [expect.stringContaining("request.codeVerifier")],
    });
    expect(endpoint.requests).toEqual([]);
  });

  it("with PKCE refuses a request that was made by the same provider without it", async () => {
    const request = await endpoint.client({ pkce: false }).authorizationRequest();
    expect(await rejectionOf(finish(endpoint.client(), request))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(endpoint.requests).toEqual([]);
  });

  it.each([[true], ["s256"], ["none"], [null]])("refuses pkce %j", (pkce) => {
    expect(() => endpoint.client({ pkce: pkce as never })).toThrow(
      'pkce must be "S256", "plain", "sha256-hex" or false',
    );
  });

  it.each<[string, object]>([
    ["the client's options", { pkce: false }],
    ["hooks", { hooks: { pkce: false } }],
  ])("is the only place for pkce: %s refuse it", (_where, options) => {
    expect(() => endpoint.client({}, options)).toThrow("pkce is not an option");
  });

  it("is the only place for pkce: authorizationRequest() and fetchToken() refuse it", async () => {
    const client = endpoint.client();
    const begin = client.authorizationRequest({ pkce: false } as never);
    expect(await rejectionOf(begin)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    const request = await client.authorizationRequest();
    const end = client.fetchToken(callbackFor(request), request, { pkce: false } as never);
    expect(await rejectionOf(end)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(endpoint.requests).toEqual([]);
  });

  it("with pkce plain shows the verifier in no error of a pushed authorization request", async () => {
    const client = endpoint.client({ pkce: "plain", endpoints: endpoint.everyEndpoint });
    endpoint.answer(({ body }) => ({
      status: 400,
      body: {
        error: "invalid_request",
        error_description: `bad ${String(new URLSearchParams(body).get("code_challenge"))}`,
      },
    }));
    const error = (await rejectionOf(client.authorizationRequest({ pushed: true }))) as Error;
    const sent = new URLSearchParams(endpoint.server.received("/par")[0]?.body);
    expect(sent.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(error.message).not.toContain(sent.get("code_challenge"));
  });
});
