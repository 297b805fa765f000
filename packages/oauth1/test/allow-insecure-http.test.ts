// A definition may name http origins that secrets are sent to, as in docker-compose; no other http origin is.
import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineOAuth1Provider,
  type OAuth1ProviderDefinition,
  OAuth1Session,
  type OAuth1SessionOptions,
} from "@grantkit/oauth1";
import diagnostics from "node:diagnostics_channel";
import { Agent } from "node:http";
import { CANARY, errorOf } from "./support/canaries.ts";
import { RecordingServer } from "./support/recording-server.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
const OTHER = "http://other:8080";
const TOKEN_REPLY = "oauth_token=rt-0001&oauth_token_secret=rs-0001&oauth_callback_confirmed=true";

const server = await RecordingServer.startForFile();
/** The server's origin as the other containers know it. */
const shop = server.origin.replace("127.0.0.1", "shop");

/** Under which every host name is this machine, as one is in docker-compose. */
const httpAgent = new Agent({
  lookup: (_hostname, { all }, found) =>
    all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4),
});

beforeEach(() => server.begin(({ target }) => ({ body: target === "/me" ? "ok" : TOKEN_REPLY })));

function definition(changes: Partial<OAuth1ProviderDefinition> = {}): OAuth1ProviderDefinition {
  return {
    name: "shop",
    endpoints: {
      requestToken: `${shop}/request-token`,
      authorization: `${shop}/authorize`,
      accessToken: `${shop}/access-token`,
    },
    api: { baseUrl: shop },
    allowInsecureHttp: [shop],
    ...changes,
  };
}

function session(
  options: Partial<OAuth1SessionOptions> = {},
  changes: Partial<OAuth1ProviderDefinition> = {},
): OAuth1Session {
  return new OAuth1Session({
    provider: defineOAuth1Provider(definition(changes)),
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    http: { proxy: false, httpAgent },
    ...options,
  });
}

const withToken = { token: { key: CANARY.token, secret: SECRETS.tokenSecret } };

describe("an http origin that the definition names", () => {
  it("gets the sign-in and signed requests of the API, and makes one warning", async () => {
    const warnings: unknown[] = [];
    const listener = (event: unknown): void => void warnings.push(event);
    diagnostics.subscribe("grantkit:warning", listener);
    const provider = defineOAuth1Provider(definition());
    const signIn = session({ provider, callbackUri: "https://app.example.com/callback" });
    await signIn.fetchRequestToken();
    expect(signIn.authorizationUrl()).toBe(`${shop}/authorize?oauth_token=rt-0001`);
    for (const send of ["get", "fetch"] as const) {
      await session({ provider, ...withToken })[send]("/me");
    }
    diagnostics.unsubscribe("grantkit:warning", listener);
    expect(server.requests.map(({ target }) => target)).toEqual(["/request-token", "/me", "/me"]);
    expect(warnings).toEqual([
      expect.objectContaining({
        provider: "shop",
        code: "INSECURE_HTTP",
        details: { origin: shop },
      }),
    ]);
  });

  it("gets requests that are signed with PLAINTEXT", async () => {
    await session({ ...withToken, signatureMethod: "PLAINTEXT" }).get("/me");
    expect(server.requests).toHaveLength(1);
  });

  it("gets token requests by a URL of their own, where there is one", async () => {
    await session({ callbackUri: "oob" }).fetchRequestToken({ url: `${shop}/second` });
    expect(server.requests.map(({ target }) => target)).toEqual(["/second"]);
  });
});

describe("every other http origin is refused", () => {
  it("in the definition", () => {
    const { endpoints } = definition();
    const wrong = [
      { endpoints: { ...endpoints, accessToken: `${OTHER}/t` } },
      { api: { baseUrl: OTHER } },
      { api: { baseUrl: "https://api.example", origins: [OTHER] } },
      { allowInsecureHttp: [] },
    ];
    for (const changes of wrong) {
      expect(() => defineOAuth1Provider(definition(changes))).toThrow(/https/);
    }
    const list = ["http://*.internal", "https://shop", `${shop}/`];
    expect(() => defineOAuth1Provider(definition({ allowInsecureHttp: list }))).toThrow(
      "allowInsecureHttp[2] must be an exact http origin",
    );
  });

  it("in a request, a token request, an authorization URL and a redirect", async () => {
    const signIn = session({ callbackUri: "oob" });
    const each = session(withToken);
    expect(await errorOf(() => each.get(`${OTHER}/me`))).toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    const url = `${OTHER}/x`;
    expect((await errorOf(() => signIn.fetchRequestToken({ url }))).message).toContain(
      "requestTokenUrl must use https",
    );
    await signIn.fetchRequestToken();
    expect((await errorOf(async () => signIn.authorizationUrl({ url }))).message).toContain(
      "authorizationUrl must use https",
    );
    server.begin(() => ({ status: 307, headers: { location: url } }));
    expect(await errorOf(() => each.get("/me"))).toMatchObject({ code: "REDIRECT_REFUSED" });
  });

  it("for PLAINTEXT, also where allowedOrigins has it", async () => {
    const other = server.origin.replace("127.0.0.1", "other");
    const each = session({
      ...withToken,
      signatureMethod: "PLAINTEXT",
      allowedOrigins: [other],
    });
    expect(await errorOf(() => each.get(`${other}/me`))).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
    });
    expect(server.requests).toEqual([]);
  });
});
