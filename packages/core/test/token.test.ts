import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { defineProvider, isOAuthError, OAuth2Client, Token } from "@grantkit/core";
import { LoopbackServer } from "./support/loopback-server.ts";

const full = {
  accessToken: "at",
  tokenType: "bearer",
  issuedAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-01-01T01:00:00.000Z",
  refreshToken: "rt",
  refreshTokenExpiresAt: "2026-07-01T00:00:00.000Z",
  scope: ["a"],
  requestedScope: ["a", "b"],
  scopeChange: { missing: ["b"], additional: [] },
  idToken: "h.p.s",
  claims: { iss: "https://id.example.com", sub: "1", aud: "c", exp: 2, iat: 1, deep: { x: [1] } },
  raw: { instance_url: "https://x.example" },
};

describe("a token", () => {
  it("goes through JSON without loss", () => {
    const token = Token.from(full);
    expect(JSON.parse(JSON.stringify(token))).toEqual(full);
    expect(JSON.stringify(Token.from(JSON.parse(JSON.stringify(token))))).toBe(
      JSON.stringify(token),
    );
  });

  it("has every field that it was made with, dates as dates", () => {
    const token = Token.from(full);
    expect(token.expiresAt).toEqual(new Date("2026-01-01T01:00:00Z"));
    expect(token.refreshTokenExpiresAt).toEqual(new Date("2026-07-01T00:00:00Z"));
    expect(token).toMatchObject({
      accessToken: "at",
      tokenType: "bearer",
      refreshToken: "rt",
      idToken: "h.p.s",
      scope: ["a"],
      requestedScope: ["a", "b"],
      scopeChange: { missing: ["b"], additional: [] },
      raw: full.raw,
    });
    expect(token.claims?.sub).toBe("1");
  });

  it("is deeply immutable, and independent of the object that it was made from", () => {
    const record = structuredClone(full);
    const token = Token.from(record);
    record.scope.push("admin");
    expect(token.scope).toEqual(["a"]);
    expect(() => (token.scope as string[]).push("admin")).toThrow(TypeError);
    expect(() => ((token.claims as unknown as typeof full.claims).deep.x[0] = 2)).toThrow(
      TypeError,
    );
    expect(() => ((token as { accessToken: string }).accessToken = "x")).toThrow(TypeError);
    const date = token.expiresAt as Date;
    date.setFullYear(2099);
    expect(token.expiresAt).toEqual(new Date("2026-01-01T01:00:00Z"));
  });

  it("is expired at its expiry, or leeway seconds before it", () => {
    const token = Token.from(full);
    const end = Date.parse(full.expiresAt);
    expect(token.isExpired(0, end - 1)).toBe(false);
    expect(token.isExpired(0, end)).toBe(true);
    expect(token.isExpired(60, end - 60_001)).toBe(false);
    expect(token.isExpired(60, end - 60_000)).toBe(true);
    expect(Token.from({ accessToken: "at" }).isExpired(1e9)).toBe(false);
  });

  it("is returned unchanged by Token.from", () => {
    const token = Token.from(full);
    expect(Token.from(token)).toBe(token);
  });

  it.each<[string, unknown, RegExp]>([
    ["undefined", undefined, /not an object/],
    ["JSON that was not parsed", JSON.stringify(full), /not an object/],
    ["a list", [full], /not an object/],
    ["no access token", {}, /accessToken is missing/],
    ["an empty access token", { accessToken: "" }, /accessToken is not a token/],
    ["a line break in it", { accessToken: "a\r\nb" }, /accessToken is not a token/],
    [
      "a line break in the refresh token",
      { accessToken: "a", refreshToken: "a\nb" },
      /refreshToken is not/,
    ],
    ["another type", { accessToken: "a", tokenType: "mac" }, /tokenType is not/],
    ["a date that is none", { accessToken: "a", expiresAt: "soon" }, /expiresAt is not a date/],
    ["NaN", { accessToken: "a", expiresAt: Number.NaN }, /expiresAt is not a date/],
    ["scope as text", { accessToken: "a", scope: "a b" }, /scope is not a list/],
    ["claims as text", { accessToken: "a", claims: "x" }, /claims is not an object/],
  ])("cannot be made from %s", (_name, record, message) => {
    let thrown: unknown;
    try {
      Token.from(record as never);
    } catch (error) {
      thrown = error;
    }
    expect(isOAuthError(thrown) && thrown.code).toBe("TOKEN_INVALID");
    expect((thrown as Error).message).toMatch(message);
  });

  it("lists every field that cannot be read in one error", () => {
    expect(() => Token.from({ accessToken: 1, scope: 2, expiresAt: {} } as never)).toThrow(
      /accessToken.*; .*expiresAt.*; .*scope/,
    );
  });
});

describe("a token of another copy of the package", () => {
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await LoopbackServer.start(() => ({ body: {} }));
  });
  afterAll(() => server.close());

  const another = async (): Promise<Token> => {
    // The query makes Node load a second module from the same file.
    const file = "../src/tokens/token.ts?another-copy";
    const copy = (await import(file)) as { readonly Token: typeof Token };
    expect(copy.Token).not.toBe(Token);
    return copy.Token.from(full);
  };

  it("is accepted with all its fields", async () => {
    expect(Token.from(await another()).toJSON()).toEqual(Token.from(full).toJSON());
  });

  it("can be used by a session and revoked", async () => {
    const { origin } = server;
    const provider = defineProvider({
      name: "example",
      endpoints: { token: `${origin}/token`, revocation: `${origin}/revoke` },
      api: { baseUrl: origin },
    });
    const client = new OAuth2Client(provider, { clientId: "client" });
    expect(client.session(await another()).token.accessToken).toBe("at");
    await client.revokeToken(await another());
    const revoked = server.requests.map(({ body }) => new URLSearchParams(body).get("token"));
    expect(revoked).toEqual(["rt", "at"]);
  });
});
