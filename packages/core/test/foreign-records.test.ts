import { describe, expect, it } from "@jest/globals";
import { isOAuthError, Token } from "@grantkit/core";
import fc from "fast-check";
import { CANARY, expectNoCanary } from "./support/canaries.ts";

const NOW = Date.UTC(2026, 0, 15, 12);
const END = NOW / 1000 + 3600;

const minimal = { access_token: "at-1" };

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("Token.from reads what was stored by", () => {
  it("requests-oauthlib", () => {
    const token = Token.from({
      access_token: "at-1",
      refresh_token: "rt-1",
      token_type: "Bearer",
      expires_in: 3600,
      expires_at: END + 0.123456,
      scope: ["read", "write"],
      id_token: "a.b.c",
      custom: { nested: [1] },
    });
    expect(token.toJSON()).toMatchObject({
      accessToken: "at-1",
      refreshToken: "rt-1",
      tokenType: "bearer",
      issuedAt: new Date(NOW + 123).toISOString(),
      expiresAt: new Date(END * 1000 + 123).toISOString(),
      scope: ["read", "write"],
      requestedScope: ["read", "write"],
      idToken: "a.b.c",
      raw: { custom: { nested: [1] } },
    });
    expect(token.claims).toBeUndefined();
    expect(token.scopeChange).toBeUndefined();
  });

  it("simple-oauth2, before and after JSON", () => {
    const stored = {
      access_token: "at-1",
      refresh_token: "rt-1",
      expires_in: 3600,
      scope: "read write",
      expires_at: new Date(END * 1000),
    };
    for (const record of [stored, JSON.parse(JSON.stringify(stored))]) {
      expect(Token.from(record).expiresAt?.getTime()).toBe(END * 1000);
    }
  });

  it("Auth.js, as a row of its accounts", () => {
    const token = Token.from({
      userId: "7",
      type: "oidc",
      provider: "example",
      providerAccountId: "4711",
      refresh_token: null,
      access_token: "at-1",
      expires_at: END,
      token_type: "bearer",
      scope: "openid,email profile",
      id_token: "a.b.c",
      session_state: null,
    });
    expect(token.expiresAt?.getTime()).toBe(END * 1000);
    expect(token.refreshToken).toBeUndefined();
    expect(token.scope).toEqual(["openid", "email", "profile"]);
    expect(token.raw["provider"]).toBe("example");
  });

  it("Authlib, whose userinfo is not taken for verified claims", () => {
    const token = Token.from({
      access_token: "at-1",
      token_type: "Bearer",
      expires_in: 3600,
      expires_at: END,
      scope: "openid email",
      id_token: "a.b.c",
      userinfo: { sub: "7", email: "ada@example.com" },
    });
    expect(token.expiresAt?.getTime()).toBe(END * 1000);
    expect(token.claims).toBeUndefined();
    expect(token.raw).toEqual({ userinfo: { sub: "7", email: "ada@example.com" } });
  });

  it("arctic: tokens.data, the tokens, and the tokens after JSON", () => {
    // Like its OAuth2Tokens: the response in `data`, and methods that read it.
    class Tokens {
      readonly data = {
        access_token: "at-1",
        token_type: "bearer",
        expires_in: 3600,
        refresh_token: "rt-1",
        scope: "read write",
      };
      accessToken(): string {
        return this.data.access_token;
      }
    }
    const tokens = new Tokens();
    const stored = JSON.parse(JSON.stringify(tokens)) as { data: object };
    for (const record of [tokens.data, tokens, stored]) {
      expect(() => Token.from(record as never)).toThrow(/pass \{ obtainedAt \}/);
      const token = Token.from(record as never, { obtainedAt: NOW });
      expect(token.expiresAt?.getTime()).toBe(END * 1000);
      expect(token).toMatchObject({ refreshToken: "rt-1", scope: ["read", "write"] });
    }
  });

  it("libraries with expiry_date in milliseconds", () => {
    const token = Token.from({ access_token: "at-1", expiry_date: END * 1000 });
    expect(token.expiresAt?.getTime()).toBe(END * 1000);
    expect(token.raw).toEqual({});
    const named = Token.from({ access_token: "at-1", accessTokenExpiresAt: new Date(END * 1000) });
    expect(named.expiresAt?.getTime()).toBe(END * 1000);
    const both = Token.from({ access_token: "at-1", expiry_date: 1, expires_at: END });
    expect(both.expiresAt?.getTime()).toBe(END * 1000);
  });

  it("openid-client, with obtainedAt", () => {
    const answer = { access_token: "at-1", token_type: "bearer", expires_in: 3600 } as const;
    for (const obtainedAt of [NOW, new Date(NOW)]) {
      const token = Token.from(answer, { obtainedAt });
      expect(token.expiresAt?.getTime()).toBe(END * 1000);
      expect(token.issuedAt?.getTime()).toBe(NOW);
    }
  });

  it("openid-client, without obtainedAt: refused with advice, and expired for obtainedAt: 0", () => {
    const answer = { access_token: "at-1", expires_in: 3600 };
    expect(() => Token.from(answer)).toThrow(/pass \{ obtainedAt \}/);
    expect(Token.from(answer, { obtainedAt: 0 }).isExpired()).toBe(true);
  });
});

it.each([
  ["seconds", END, END * 1000],
  ["seconds as text", String(END), END * 1000],
  ["seconds with a fraction", END + 0.5, END * 1000 + 500],
  ["milliseconds", END * 1000, END * 1000],
  ["milliseconds as text", String(END * 1000), END * 1000],
  ["a date", new Date(END * 1000), END * 1000],
  ["an ISO date", new Date(END * 1000).toISOString(), END * 1000],
  ["an ISO date with an offset", "2026-01-15T15:00:00+02:00", END * 1000],
  ["a date as databases write it", "2026-01-15 13:00:00.000+00", END * 1000],
  ["zero", 0, 0],
  ["null", null, undefined],
  ["an empty column", "", undefined],
])("expires_at can be %s", (_name, value, expected) => {
  const token = Token.from({ ...minimal, expires_at: value as never });
  expect(token.expiresAt?.getTime()).toBe(expected);
});

it.each([
  ["expires_at", "soon"],
  ["expires_at", "12/24/2026"],
  ["expires_at", "2026-01-15"],
  ["expires_at", "2026-01-15T13:00:00"],
  ["expires_at", "2026-01-15 13:00:00"],
  ["expires_at", "2026-99-99T99:99:99Z"],
  ["expiry_date", "soon"],
  ["expires_at", Number.NaN],
  ["expires_at", 1e300],
  ["expires_at", new Date(Number.NaN)],
  ["expires_at", true],
  ["expires_at", {}],
  ["expires_in", "300abc"],
  ["expires_in", Number.NaN],
  ["expires_in", []],
  ["access_token", 7],
  ["access_token", "two words"],
  ["access_token", "line\r\nbreak"],
  ["token_type", "mac"],
  ["token_type", 1],
  ["refresh_token", {}],
  ["refresh_token_expires_at", "later"],
  ["refresh_token_expires_in", "x"],
  ["scope", 1],
  ["scope", ["read", 1]],
  ["id_token", 5],
])("a bad %s (%j) is refused, and named", (name, value) => {
  const error = errorOf(() =>
    Token.from(
      { access_token: CANARY.accessToken, refresh_token: CANARY.refreshToken, [name]: value },
      { obtainedAt: NOW },
    ),
  );
  expect(error).toMatchObject({ code: "TOKEN_INVALID" });
  expect((error as Error).message).toContain(name);
  expectNoCanary(error);
});

it.each([
  [0, 0],
  [-30, 0],
  ["-30", 0],
  ["3600", 3600],
  [60.9, 60],
  [1e300, 315_576_000],
  [Number.POSITIVE_INFINITY, 315_576_000],
])("expires_in %j lives %d seconds", (lifetime, expected) => {
  const token = Token.from({ ...minimal, expires_in: lifetime }, { obtainedAt: NOW });
  expect(token.expiresAt?.getTime()).toBe(NOW + expected * 1000);
});

it("an obtainedAt that is not a time is refused", () => {
  for (const obtainedAt of [Number.NaN, new Date(Number.NaN), "yesterday" as never]) {
    expect(() => Token.from(minimal, { obtainedAt })).toThrow(/obtainedAt is not a date/);
  }
});

it("the expiry of the refresh token is read too", () => {
  const at = Token.from({ ...minimal, refresh_token_expires_at: END });
  expect(at.refreshTokenExpiresAt?.getTime()).toBe(END * 1000);
  const after = Token.from({ ...minimal, refresh_token_expires_in: 60 }, { obtainedAt: NOW });
  expect(after.refreshTokenExpiresAt?.getTime()).toBe(NOW + 60_000);
});

it.each<[string, Record<string, unknown>]>([
  ["access_token", { access_token: "theirs-1" }],
  ["expires_at", { expires_at: END }],
  ["expires_in", { expires_in: 3600 }],
  ["refresh_token", { refresh_token: "theirs-1" }],
  ["accessTokenExpiresAt", { accessTokenExpiresAt: new Date(END * 1000) }],
])("a record of ours that has %s as well is refused, rather than half of it read", (name, more) => {
  const error = errorOf(() => Token.from({ accessToken: CANARY.accessToken, ...more }));
  expect(error).toMatchObject({ code: "TOKEN_INVALID" });
  expect((error as Error).message).toContain("written in two ways");
  expect(Token.from({ accessToken: "ours-1", [name]: null }).accessToken).toBe("ours-1");
});

it("the error about a field that cannot be stored names it without its value", () => {
  const circle: Record<string, unknown> = { secret: CANARY.refreshToken };
  circle["self"] = circle;
  for (const [name, named] of [
    ["user", "user"],
    [CANARY.userData, "a field"],
  ] as const) {
    const error = errorOf(() => Token.from({ ...minimal, [name]: circle }));
    expect(error).toMatchObject({ code: "TOKEN_INVALID" });
    expect((error as Error).message).toContain(`${named} cannot be written as JSON`);
  }
});

it("a refresh token's lifetime without a start is kept in raw", () => {
  const row = { ...minimal, expires_at: END, refresh_token: "rt-1", refresh_token_expires_in: 60 };
  const token = Token.from(row);
  expect(token.refreshTokenExpiresAt).toBeUndefined();
  expect(token.raw).toEqual({ refresh_token_expires_in: 60 });
});

it("a row whose columns may all be null type-checks as it is", () => {
  const row: { provider: string; access_token: string | null; expires_at: number | null } = {
    provider: "example",
    access_token: null,
    expires_at: null,
  };
  expect(() => Token.from(row)).toThrow("accessToken is missing");
  expect(Token.from({ ...row, access_token: "at-1" }).expiresAt).toBeUndefined();
});

it("a token that was read is stored and read again without loss", () => {
  const token = Token.from({ ...minimal, expires_at: END, scope: "a b", extra: [1, { b: 2 }] });
  expect(Token.from(JSON.parse(JSON.stringify(token))).toJSON()).toEqual(token.toJSON());
});

it("any record becomes a valid token or fails with TOKEN_INVALID", () => {
  const field = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true }),
    fc.string(),
    fc.double(),
    fc.date({ noInvalidDate: false }),
    fc.constant("at-1"),
  );
  const row = fc.record(
    {
      access_token: field,
      token_type: field,
      expires_at: field,
      expires_in: field,
      expiry_date: field,
      accessToken: fc.constantFrom(undefined, null, "at-2"),
      data: field,
      refresh_token: field,
      refresh_token_expires_in: field,
      scope: field,
      id_token: field,
      extra: field,
    },
    { requiredKeys: ["access_token"] },
  );
  fc.assert(
    fc.property(row, fc.option(fc.integer(), { nil: undefined }), (record, obtainedAt) => {
      try {
        const token = Token.from(record as never, obtainedAt === undefined ? {} : { obtainedAt });
        for (const date of [token.expiresAt, token.issuedAt, token.refreshTokenExpiresAt]) {
          if (date !== undefined && Number.isNaN(date.getTime())) return false;
        }
        return token.accessToken.length > 0 && JSON.stringify(token).length > 0;
      } catch (error) {
        return isOAuthError(error) && error.code === "TOKEN_INVALID";
      }
    }),
    { numRuns: 1000 },
  );
});
