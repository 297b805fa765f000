import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { CallbackInput } from "@grantkit/core";
import { CANARY } from "./support/canaries.ts";
import { GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

/** Signs in at a provider that compares the two redirect URIs letter by letter; `seen` is where the app saw the callback. */
async function signInAt(
  redirectUri: string,
  seen: (query: string) => CallbackInput,
): Promise<string> {
  const client = endpoint.client({}, { redirectUri });
  const request = await client.authorizationRequest();
  const sent = new URL(request.url).searchParams.get("redirect_uri");
  endpoint.answer(({ body }) =>
    new URLSearchParams(body).get("redirect_uri") === sent
      ? { body: GOOD }
      : { status: 400, body: { error: "invalid_grant" } },
  );
  const query = `code=${CANARY.code}&state=${request.state}`;
  await client.fetchToken(seen(query), JSON.parse(JSON.stringify(request)));
  return String(sent);
}

describe("a redirect URI of an app's own scheme", () => {
  it.each([
    "com.example.app:/callback",
    "com.example.app://callback",
    "com.example.app://auth/callback",
    "com.example.app:/callback?tenant=a%20b",
    "msauth.com.example.app://auth",
    "com.example-app+debug:/oauth2redirect",
  ])("ends the sign-in with the link that the system hands over: %s", async (redirectUri) => {
    const link = (query: string): string =>
      `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`;
    expect(await signInAt(redirectUri, link)).toBe(redirectUri);
    expect(await signInAt(redirectUri, (query) => new URL(link(query)))).toBe(redirectUri);
    expect(await signInAt(redirectUri, (query) => `${link(query)}#_=_`)).toBe(redirectUri);
  });
});

const PUBLIC = "https://app.example.com/shop/callback/acme";
const FORWARDED = {
  host: "10.0.0.7:3000",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
  "x-forwarded-prefix": "/evil",
};

describe("a server behind a reverse proxy, or below a base path", () => {
  it.each<[string, (query: string) => CallbackInput]>([
    ["at its internal address", (query) => `http://10.0.0.7:3000/shop/callback/acme?${query}`],
    ["without the base path, which the proxy removed", (query) => `/callback/acme?${query}`],
    ["without the path of a mounted router", (query) => `/?${query}`],
    [
      "in a Request at its internal address, with forwarded headers",
      (query) => new Request(`http://10.0.0.7:3000/callback/acme?${query}`, { headers: FORWARDED }),
    ],
    [
      "in one of Node's requests, with forwarded headers",
      (query) => ({ method: "GET", url: `/callback/acme?${query}`, headers: FORWARDED }),
    ],
    [
      "in a form that was posted to the internal address",
      (query) =>
        new Request("http://10.0.0.7:3000/callback/acme", {
          method: "POST",
          headers: FORWARDED,
          body: new URLSearchParams(query),
        }),
    ],
  ])(
    "ends the sign-in with the public redirect URI when it sees the callback %s",
    async (_where, seen) => {
      expect(await signInAt(PUBLIC, seen)).toBe(PUBLIC);
      expect(endpoint.form()["redirect_uri"]).toBe(PUBLIC);
    },
  );
});

it("an authorization server below a base path keeps its path and its query", async () => {
  const base = `${endpoint.server.origin}/sso/realms/one`;
  const client = endpoint.client({
    endpoints: { authorization: `${base}/auth?kc_locale=en`, token: `${base}/token?v=2` },
  });
  const request = await client.authorizationRequest();
  expect(request.url).toMatch(/\/sso\/realms\/one\/auth\?kc_locale=en&client_id=/);
  await client.fetchToken(`/?code=c&state=${request.state}`, request);
  expect(endpoint.server.requests.map(({ url }) => url)).toEqual(["/sso/realms/one/token?v=2"]);
});
