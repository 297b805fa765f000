import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ProviderDefinition } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { callbackFor, TokenEndpoint } from "./support/token-endpoint.ts";

let one: TokenEndpoint;
let other: TokenEndpoint;

beforeEach(async () => {
  one = await TokenEndpoint.start();
  other = await TokenEndpoint.start();
});
afterEach(() => Promise.all([one.close(), other.close()]));

describe("two providers of one name and without an issuer", () => {
  it("refuse each other's callbacks before the code is sent (RFC 9700 §4.4)", async () => {
    const request = await one.client().authorizationRequest();
    const stored = JSON.parse(JSON.stringify(request));
    const error = await rejectionOf(other.client().fetchToken(callbackFor(request), stored));
    expect(error).toMatchObject({ code: "PROVIDER_MISMATCH" });
    expect((error as Error).message).toContain("another authorization endpoint");
    expect(other.requests).toEqual([]);
  });

  it("refuse each other's callbacks when only the fragments of their authorization endpoints differ", async () => {
    const { origin } = one.server;
    const tenant = (name: string) =>
      one.client({
        endpoints: { authorization: `${origin}/app#/${name}/authorize`, token: `${origin}/token` },
      });
    const request = await tenant("a").authorizationRequest();
    const mixed = await rejectionOf(tenant("b").fetchToken(callbackFor(request), request));
    expect(mixed).toMatchObject({ code: "PROVIDER_MISMATCH" });
    expect(one.requests).toEqual([]);
    expect((await tenant("a").fetchToken(callbackFor(request), request)).tokenType).toBe("bearer");
  });

  it.each<[string, string]>([
    ["a query of its own", "/authorize?audience=api"],
    ["another spelling of its URL", "/a/../authorize"],
  ])("take their own, whose authorization endpoint has %s", async (_name, path) => {
    const { origin } = one.server;
    const endpoints = { authorization: `${origin}${path}`, token: `${origin}/token` };
    const client = one.client({ endpoints });
    const request = await client.authorizationRequest();
    expect((await client.fetchToken(callbackFor(request), request)).accessToken).toBeDefined();
  });

  it("take their own where a hook chooses the URL", async () => {
    const definition: Partial<ProviderDefinition> = {
      hooks: {
        authorizationRequest: (value) => ({
          ...value,
          url: "https://shop-7.example.com/authorize",
        }),
      },
    };
    const client = one.client(definition);
    const request = await client.authorizationRequest();
    expect(request.url).toMatch(/^https:\/\/shop-7\.example\.com/);
    expect((await client.fetchToken(callbackFor(request), request)).accessToken).toBeDefined();
  });
});
