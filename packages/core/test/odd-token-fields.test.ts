import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isOAuthError, type OAuth2Client, type OAuthError, Token } from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";
import { watchedWarnings } from "./support/warnings.ts";

let endpoint: TokenEndpoint;
let client: OAuth2Client;
const warnings = watchedWarnings();

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  client = endpoint.client();
});

afterEach(() => endpoint.close());

function tokenWith(fields: Readonly<Record<string, unknown>>): Promise<Token> {
  endpoint.answer({ headers: { date: "" }, body: { ...GOOD, ...fields } });
  return signIn(client);
}

const WHOLE = { accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken };

describe("expires_in", () => {
  it.each([
    ["soon", '"soon"'],
    ["300abc", '"300abc"'],
    ["1 hour", '"1 hour"'],
    ["-1", '"-1"'],
    [-1, "-1"],
    [-3600, "-3600"],
    [true, "true"],
    [{}, "an object"],
    [[3600], "a list"],
  ])("that is %j leaves the lifetime unknown and is reported by name", async (value, shown) => {
    const token = await tokenWith({ expires_in: value });
    expect(token).toMatchObject(WHOLE);
    expect(token.expiresAt).toBeUndefined();
    const [warning] = warnings.filter(({ code }) => code === "TOKEN_RESPONSE_INVALID");
    expect(warning).toMatchObject({ details: { field: "expires_in" } });
    expect(warning?.message).toContain(`expires_in is ${shown}`);
    expect(warning?.message).toContain("lifetime is unknown");
  });

  it("that is missing leaves the lifetime unknown without a warning", async () => {
    expect((await tokenWith({ expires_in: undefined })).expiresAt).toBeUndefined();
    expect(warnings.filter(({ code }) => code === "TOKEN_RESPONSE_INVALID")).toEqual([]);
  });

  it("of 0 means that the token has expired, and the request's error says what to do", async () => {
    const token = await tokenWith({ expires_in: 0, refresh_token: undefined });
    expect(token.expiresAt).toEqual(token.issuedAt);
    const error = (await rejectionOf(
      endpoint
        .client({ api: { baseUrl: endpoint.server.origin } })
        .session(token)
        .get("/x"),
    )) as OAuthError;
    expect(error.code).toBe("TOKEN_EXPIRED");
    expect(error.message).toContain("expires_in: 0");
    expect(error.message).toContain("tokenResponse hook");
  });

  it("is never quoted when it repeats a token", async () => {
    await tokenWith({ expires_in: CANARY.accessToken });
    for (const { message } of warnings) expectNoCanary(new Error(message));
  });
});

describe("token_type", () => {
  it.each([
    ["BearerToken", '"BearerToken"'],
    ["bot", '"bot"'],
    ["Bearer ", '"Bearer "'],
    ["mac", '"mac"'],
    ["User Access Token", '"User Access Token"'],
    [7, "7"],
    [["Bearer"], "a list"],
  ])("%j is refused at a sign-in by an error that names it and the hook", async (value, shown) => {
    const error = (await rejectionOf(tokenWith({ token_type: value }))) as OAuthError;
    expect(error).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "token_type" },
    });
    expect(error.message).toContain(`token_type is ${shown}`);
    expect(error.message).toContain("tokenResponse hook");
  });

  it("is never quoted when it repeats a token", async () => {
    await rejectionOf(tokenWith({ token_type: CANARY.accessToken }));
    await rejectionOf(tokenWith({ token_type: `Bearer ${CANARY.refreshToken}` }));
  });
});

describe("a refresh token", () => {
  it.each(["two words", " leading", "trailing ", "a b  c", "~ !\"#$%&'()*+,-./\\", " "])(
    "may have every character of RFC 6749 appendix A.17: %j",
    async (text) => {
      const token = await tokenWith({ refresh_token: text });
      expect(token.refreshToken).toBe(text);
      expect(Token.from(JSON.parse(JSON.stringify(token))).refreshToken).toBe(text);
      expect(Token.from({ access_token: "at-1", refresh_token: text }).refreshToken).toBe(text);
      endpoint.answer({ body: { ...GOOD, refresh_token: "rotated one" } });
      const next = await client
        .session(token)
        .refresh()
        .then(() => client.refreshToken(token));
      expect(next.refreshToken).toBe("rotated one");
      expect(endpoint.requests).toHaveLength(2);
      expect(endpoint.form(1)["refresh_token"]).toBe(text);
    },
  );

  it.each(["a\tb", "a\nb", "a\u007fb", "tökén", "\u0000"])(
    "may have no other character: %j",
    async (text) => {
      expect(await rejectionOf(tokenWith({ refresh_token: text }))).toMatchObject({
        details: { field: "refresh_token" },
      });
      expect(() => Token.from({ accessToken: "at-1", refreshToken: text })).toThrow(
        /refreshToken is not/,
      );
    },
  );

  it("with a space is removed from the provider's error", async () => {
    const text = "canary refresh token with spaces";
    const token = await tokenWith({ refresh_token: text });
    endpoint.answer(({ body }) => ({
      status: 400,
      body: { error: "invalid_grant", error_description: `${text} in ${body}` },
    }));
    const error = await rejectionOf(client.refreshToken(token));
    expectNoCanary(error, text);
  });

  it("is not taken for another kind of key", async () => {
    const access = Token.from({ accessToken: "x", expiresAt: 0 });
    const [first, second] = ["access x", 'grant ["client_credentials",[],[]]'].map((text) =>
      Token.from({ accessToken: "y", refreshToken: text, expiresAt: 0 }),
    );
    let count = 0;
    endpoint.answer(() => ({ body: { ...GOOD, access_token: `at-${(count += 1)}` } }));
    const app = Token.from({
      accessToken: "z",
      expiresAt: 0,
      renewal: { grant: "client_credentials" },
    });
    const got: string[] = [];
    for (const token of [first, second, app]) {
      const session = client.session(token as Token, { repeatGrant: true });
      got.push((await session.refresh()).accessToken);
    }
    const renewed = client.session(access, {
      renew: () => Promise.resolve(Token.from({ accessToken: "at-own" })),
    });
    await renewed.refresh();
    expect([...got, renewed.token.accessToken]).toEqual(["at-1", "at-2", "at-3", "at-own"]);
  });
});

describe("expiresAt as a number", () => {
  const END = 1_795_000_000;
  it.each([
    ["seconds", END],
    ["seconds as text", String(END)],
    ["seconds with a fraction", END + 0.25],
    ["milliseconds", END * 1000],
    ["milliseconds as text", String(END * 1000)],
  ])("may be in %s and is not read as a time in 1970", (_name, value) => {
    for (const field of ["expiresAt", "issuedAt", "refreshTokenExpiresAt"] as const) {
      const token = Token.from({ accessToken: "at-1", [field]: value });
      expect(Math.floor((token[field]?.getTime() ?? 0) / 1000)).toBe(END);
    }
  });

  it.each([3600, "3600", 86_400, 5_183_944])(
    "is refused with a message when it is a lifetime: %j",
    (value) => {
      for (const record of [
        { accessToken: "at-1", expiresAt: value },
        { access_token: "at-1", expires_at: value },
      ]) {
        let thrown: unknown;
        try {
          Token.from(record);
        } catch (error) {
          thrown = error;
        }
        expect(isOAuthError(thrown) && thrown.code).toBe("TOKEN_INVALID");
        expect((thrown as Error).message).toMatch(/expires_?at is not a date/i);
      }
    },
  );

  it("of 0 means that the token has expired long ago", () => {
    expect(Token.from({ accessToken: "at-1", expiresAt: 0 }).isExpired()).toBe(true);
  });
});
