import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Hooks, OAuth2Client, ProviderDefinition } from "@grantkit/core";
import { callbackFor, GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

/** A client of a provider whose authorization endpoint ends with a fragment (WeChat). */
function clientAt(path: string, changes: Partial<ProviderDefinition> = {}): OAuth2Client {
  const authorization = `${endpoint.server.origin}${path}`;
  return endpoint.client({ endpoints: { ...endpoint.everyEndpoint, authorization }, ...changes });
}

const settingUrl = (change: (url: string) => string): Hooks => ({
  authorizationRequest: ({ url, parameters }) => ({ url: change(url), parameters }),
});

describe("the fragment of endpoints.authorization", () => {
  it.each(["/connect#wechat_redirect", "/connect?lang=en#wechat_redirect"])(
    "stays at the end of the URL, with every parameter before it: %s",
    async (path) => {
      const client = clientAt(path);
      const request = await client.authorizationRequest();
      const { hash, pathname, searchParams } = new URL(request.url);
      expect([hash, pathname]).toEqual(["#wechat_redirect", "/connect"]);
      expect(searchParams.get("state")).toBe(request.state);
      expect(searchParams.get("lang")).toBe(path.includes("lang") ? "en" : null);
      expect(request.url.match(/[?#]/g)).toEqual(["?", "#"]);
      const stored = JSON.parse(JSON.stringify(request)) as typeof request;
      expect((await client.fetchToken(callbackFor(request), stored)).accessToken).toBe(
        GOOD["access_token"],
      );
    },
  );

  it("stays there with a pushed authorization request", async () => {
    endpoint.answer({ status: 201, body: { request_uri: "urn:example:1", expires_in: 60 } });
    const { url } = await clientAt("/connect#wechat_redirect").authorizationRequest({
      pushed: true,
    });
    expect(url).toMatch(
      /\/connect\?client_id=client&request_uri=urn%3Aexample%3A1#wechat_redirect$/,
    );
    expect(endpoint.server.received("/par")[0]?.body).not.toContain("wechat_redirect");
  });

  it.each<[string, (url: string) => string, RegExp]>([
    ["another path", (url) => url.replace("/connect", "/other"), /\/other\?.*#wechat_redirect$/],
    ["a query", (url) => `${url}?self_redirect=true`, /\?self_redirect=true&.*#wechat_redirect$/],
    ["a fragment of its own", (url) => `${url}#mine`, /\/connect\?[^#]*#mine$/],
  ])("stays there when a hook gives the URL %s", async (_what, change, expected) => {
    const client = clientAt("/connect#wechat_redirect", { hooks: settingUrl(change) });
    expect((await client.authorizationRequest()).url).toMatch(expected);
  });

  it("may come from a hook alone", async () => {
    const client = clientAt("/connect", { hooks: settingUrl((url) => `${url}#last`) });
    expect((await client.authorizationRequest()).url).toMatch(/\/connect\?[^#]*#last$/);
  });

  it.each(["token", "userInfo", "jwks", "pushedAuthorization", "endSession"])(
    "is allowed there alone: endpoints.%s must have none",
    (name) => {
      const endpoints = { ...endpoint.everyEndpoint, [name]: "https://id.example.com/x#y" };
      expect(() => endpoint.client({ endpoints })).toThrow(
        `endpoints.${name} must have no user name, password or fragment`,
      );
    },
  );
});
