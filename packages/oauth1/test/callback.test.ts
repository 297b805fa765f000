import { beforeEach, describe, expect, it } from "@jest/globals";
import { OAuth1Session, VerifierMissing } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";

const TOKEN = "the-request-token";
const BACK = "https://app.example.com/callback";
const ANSWER = `oauth_token=${TOKEN}&oauth_verifier=v%20%2B1`;

let session: OAuth1Session;

beforeEach(() => {
  session = new OAuth1Session({
    clientKey: "my-app",
    clientSecret: CANARY.clientSecret,
    requestToken: { key: TOKEN, secret: CANARY.tokenSecret },
  });
});

const post = (body: string, url = BACK): Request => new Request(url, { method: "POST", body });

describe("the callback in every form that servers have", () => {
  it.each<[string, Parameters<OAuth1Session["parseAuthorizationResponse"]>[0]]>([
    ["a URL as text", `${BACK}?${ANSWER}`],
    ["a URL", new URL(`${BACK}?${ANSWER}`)],
    ["a path", `/callback?${ANSWER}`],
    ["URLSearchParams", new URLSearchParams(ANSWER)],
    ["a Request", new Request(`${BACK}?${ANSWER}`)],
    ["with a fragment that the browser has added", `${BACK}?${ANSWER}#_=_`],
    ["with the app's own query before it", `${BACK}?next=%2Fa&${ANSWER}`],
    ["with an own parameter twice", `${BACK}?tag=a&tag=b&${ANSWER}`],
  ])("%s", (_, callback) => {
    const read = session.parseAuthorizationResponse(callback);
    expect(read).toMatchObject({ token: TOKEN, verifier: "v +1" });
    expect(read.parameters).toMatchObject({ oauth_token: TOKEN });
  });
});

describe("an invalid callback", () => {
  it.each<[string, string | Request, string, RegExp]>([
    ["of another token", "oauth_token=another&oauth_verifier=v", "TOKEN_MISMATCH", /begin again/],
    [
      "of a token that begins in the same way",
      `oauth_token=${TOKEN}x&oauth_verifier=v`,
      "TOKEN_MISMATCH",
      /another request token/,
    ],
    ["of half a token", "oauth_token=the-request&oauth_verifier=v", "TOKEN_MISMATCH", /another/],
    [
      "in other letters",
      `oauth_token=The-request-token&oauth_verifier=v`,
      "TOKEN_MISMATCH",
      /another/,
    ],
    ["without a token", "oauth_verifier=v", "TOKEN_MISSING", /no oauth_token/],
    ["with an empty token", "oauth_token=&oauth_verifier=v", "TOKEN_MISSING", /no oauth_token/],
    ["without a verifier", `oauth_token=${TOKEN}`, "VERIFIER_MISSING", /no oauth_verifier/],
    ["with an empty verifier", `oauth_token=${TOKEN}&oauth_verifier=`, "VERIFIER_MISSING", /cut/],
    ["with the answer in the fragment", `#${ANSWER}`, "TOKEN_MISSING", /with its query/],
    [
      "with the token twice",
      `oauth_token=${TOKEN}&${ANSWER}`,
      "CALLBACK_INVALID",
      /more than once/,
    ],
    ["with the verifier twice", `${ANSWER}&oauth_verifier=w`, "CALLBACK_INVALID", /oauth_verifier/],
    [
      "with a problem twice",
      "oauth_problem=a&oauth_problem=b",
      "CALLBACK_INVALID",
      /oauth_problem/,
    ],
    ["denied twice", `denied=${TOKEN}&denied=${TOKEN}`, "CALLBACK_INVALID", /denied/],
    ["denied", `oauth_token=${TOKEN}&denied=${TOKEN}`, "ACCESS_DENIED", /said no/],
    ["denied as X does it", `denied=${TOKEN}`, "ACCESS_DENIED", /said no/],
    ["denied, with a verifier", `${ANSWER}&denied=${TOKEN}`, "ACCESS_DENIED", /said no/],
    ["denied for another token", "denied=another", "TOKEN_MISMATCH", /another/],
    ["refused", "oauth_problem=user_refused", "ACCESS_DENIED", /said no/],
    ["refused with its token", `${ANSWER}&oauth_problem=permission_denied`, "ACCESS_DENIED", /no/],
    [
      "refused, of another token",
      "oauth_token=another&oauth_problem=user_refused",
      "TOKEN_MISMATCH",
      /another/,
    ],
    [
      "with a problem",
      "oauth_problem=consumer_key_unknown",
      "PROVIDER_ERROR",
      /consumer_key_unknown/,
    ],
    [
      "with markup for a problem",
      "oauth_problem=%3Cscript%3Ealert(1)%3C/script%3E",
      "PROVIDER_ERROR",
      /the problem that it names/,
    ],
    ["sent by POST", post(ANSWER), "CALLBACK_INVALID", /GET/],
    ["cut off", "", "TOKEN_MISSING", /with its query/],
  ])("%s", async (_, query, code, message) => {
    const callback = typeof query === "string" ? `${BACK}?${query}` : query;
    const error = await errorOf(() => session.parseAuthorizationResponse(callback));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).not.toContain("<script>");
    // Nothing of it was kept, and the right one is still taken.
    expect(
      await errorOf(() => session.fetchAccessToken({ url: "http://127.0.0.1:9/" })),
    ).toBeInstanceOf(VerifierMissing);
    expect(session.parseAuthorizationResponse(`${BACK}?${ANSWER}`).verifier).toBe("v +1");
  });

  it.each([undefined, null, 5, {}, "not a callback", "http://[", []])(
    "%p is refused as a callback",
    async (callback) => {
      const error = await errorOf(() => session.parseAuthorizationResponse(callback as string));
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(?:CALLBACK_INVALID|TOKEN_MISSING)$/),
      });
    },
  );

  it("does not get its secrets into the error", async () => {
    for (const query of [
      `oauth_token=${CANARY.token}&oauth_verifier=${CANARY.verifier}`,
      `denied=${CANARY.token}&oauth_verifier=${CANARY.verifier}`,
      `oauth_verifier=${CANARY.verifier}`,
    ]) {
      await errorOf(() => session.parseAuthorizationResponse(`${BACK}?${query}`));
    }
  });

  it("has only strings as parameters, whatever their names", () => {
    const query = `${ANSWER}&__proto__=x&constructor=y&toString=z`;
    const { parameters } = session.parseAuthorizationResponse(`${BACK}?${query}`);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(["__proto__", "constructor"]));
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("the authorization URL", () => {
  it("keeps the page's own query, and has the caller's parameters", () => {
    const url = session.authorizationUrl({
      url: "https://example.com/authorize?lang=de",
      parameters: { perms: "write & delete", name: "Émilie" },
    });
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      lang: "de",
      oauth_token: TOKEN,
      perms: "write & delete",
      name: "Émilie",
    });
    expect(url).not.toContain(CANARY.tokenSecret);
  });

  it.each<[string, string | undefined, Record<string, string>, RegExp]>([
    ["no page", undefined, {}, /authorizationUrl is missing/],
    ["plain http", "http://example.com/authorize", {}, /authorizationUrl/],
    ["a script", "javascript:alert(1)", {}, /authorizationUrl/],
    ["no URL", "authorize", {}, /authorizationUrl/],
    [
      "another token",
      "https://example.com/a",
      { oauth_token: "x" },
      /oauth_token is the session's/,
    ],
    ["a number", "https://example.com/a", { a: 5 as unknown as string }, /a must be a text/],
  ])("is refused for %s", async (_, page, parameters, message) => {
    expect(
      await errorOf(() => session.authorizationUrl({ ...(page && { url: page }), parameters })),
    ).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(message),
    });
  });
});
