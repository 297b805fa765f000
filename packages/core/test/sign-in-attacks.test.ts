import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FaultyProvider, signingKey } from "./support/faulty-provider.ts";

let example: ExampleProvider;
let other: ExampleProvider;
let openId: FaultyProvider;

beforeAll(async () => {
  example = await ExampleProvider.start();
  other = await ExampleProvider.start();
  openId = await FaultyProvider.start(signingKey("ES256", "first"));
});
beforeEach(() => {
  openId.metadata = {};
  for (const { server } of [example, other, openId]) server.requests.length = 0;
});
afterAll(() => Promise.all([example, other, openId].map((server) => server.close())));

describe("login CSRF", () => {
  it("the callback of an attacker's own sign-in is refused in another browser, and nothing is sent", async () => {
    const client = example.client();
    const [attackers, victims] = await Promise.all([
      client.authorizationRequest(),
      client.authorizationRequest(),
    ]);
    const error = await rejectionOf(client.fetchToken(callbackOf(attackers), victims));
    expect(error).toMatchObject({ code: "STATE_MISMATCH" });
    expect(example.server.requests).toEqual([]);
  });

  it("a callback without a pending authorization request is refused, and nothing is sent", async () => {
    const client = example.client();
    const attackers = await client.authorizationRequest();
    const error = await rejectionOf(client.fetchToken(callbackOf(attackers), undefined as never));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(example.server.requests).toEqual([]);
  });
});

it("mix-up: a code of one provider that arrives at another's callback is sent to neither token endpoint", async () => {
  const here = example.client({}, { name: "here", issuer: "https://here.example.com" });
  const there = other.client({}, { name: "there", issuer: "https://there.example.com" });
  const request = await here.authorizationRequest();
  const mixed = await rejectionOf(there.fetchToken(callbackOf(request), request));
  expect(mixed).toMatchObject({ code: "PROVIDER_MISMATCH" });
  const spoofed = callbackOf(request, { iss: "https://there.example.com" });
  expect(await rejectionOf(here.fetchToken(spoofed, request))).toMatchObject({
    code: "ISSUER_MISMATCH",
  });
  expect([...example.server.requests, ...other.server.requests]).toEqual([]);
});

describe("PKCE downgrade", () => {
  it.each([[undefined], [[]], [["plain"]]])(
    "code_challenge_methods_supported %j in the metadata changes nothing: the challenge is S256",
    async (methods) => {
      openId.metadata = { code_challenge_methods_supported: methods };
      const client = await openId.discover();
      const request = await client.authorizationRequest();
      const query = new URL(request.url).searchParams;
      expect(query.get("code_challenge_method")).toBe("S256");
      expect(query.get("code_challenge")).toMatch(/^[\w-]{43}$/);
      await client.fetchToken(openId.callbackFor(request), request);
      const [exchange] = openId.server.received("/token");
      expect(new URLSearchParams(exchange?.body).get("code_verifier")).toBe(request.codeVerifier);
    },
  );
});

it("metadata that name another issuer are refused, and the error names both issuers", async () => {
  for (const issuer of ["https://other.example.com/", `${openId.issuer}/`]) {
    openId.metadata = { issuer };
    const error = await rejectionOf(openId.discover());
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(openId.issuer);
    expect((error as Error).message).toContain(issuer);
  }
});
