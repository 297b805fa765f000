import { afterEach, beforeEach, expect, it } from "@jest/globals";
import {
  MemoryTokenStore,
  needsSignIn,
  type SessionOptions,
  type TokenRecord,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});
afterEach(() => example.close());

const session = (changes: Partial<TokenRecord> = {}, options: SessionOptions = {}) =>
  example
    .client({ clock, retries: false })
    .session(example.expiring(clock, 3000, changes), options);

const refuse = (status: number, error: string): void => {
  example.token = () => ({ status, body: { error } });
};

const ends: readonly [string, () => Promise<unknown>][] = [
  [
    "a token without an expiry was revoked",
    () => {
      const of = session({ refreshToken: undefined, expiresAt: undefined });
      example.accepted.clear();
      return of.get("/me");
    },
  ],
  [
    "a token was revoked, and its refresh token too",
    () => {
      const of = session();
      example.accepted.clear();
      refuse(400, "invalid_grant");
      return of.get("/me");
    },
  ],
  [
    "the refresh token of an expired token was revoked",
    () => {
      refuse(400, "invalid_grant");
      return session({ expiresAt: clock.now() - 1 }).get("/me");
    },
  ],
  [
    "the provider wants to see the user",
    () => {
      refuse(400, "interaction_required");
      return session({ expiresAt: clock.now() - 1 }).fetch("/me");
    },
  ],
  [
    "an expired token has no refresh token",
    () => session({ expiresAt: clock.now() - 1, refreshToken: undefined }).fetch("/me"),
  ],
  [
    "a refresh was asked for without a refresh token",
    () => session({ refreshToken: undefined }).refresh(),
  ],
  [
    "the provider rejects the token when it is asked for the profile",
    () => {
      const of = session({ refreshToken: undefined });
      example.accepted.clear();
      return of.profile();
    },
  ],
  [
    "the provider answers about another user",
    () => {
      example.api = () => ({ body: { sub: "mallory" } });
      return session({
        claims: { iss: example.origin, aud: "client-id", sub: "ada", exp: 2, iat: 1 },
      }).profile();
    },
  ],
  [
    "the store has no token of this user",
    () => example.client().storedSession({ store: new MemoryTokenStore(), key: "user-1" }),
  ],
  [
    "the token was revoked here",
    async () => {
      const client = example.client(
        {},
        { endpoints: { ...endpoints(), revocation: `${example.origin}/token` } },
      );
      const of = client.session(example.grant({ accessToken: "at-revoked-0001" }));
      await of.revoke();
      return of.get("/me");
    },
  ],
];

const endpoints = () => ({
  authorization: `${example.origin}/authorize`,
  token: `${example.origin}/token`,
});

it.each(ends)("the user needs to sign in when %s", async (_case, call) => {
  expect(needsSignIn(await rejectionOf(call()))).toBe(true);
});

const others: readonly [string, () => Promise<unknown>][] = [
  [
    "the API refuses what the token may not do",
    () => {
      example.api = () => ({ status: 403, body: { message: "Forbidden" } });
      return session().get("/me");
    },
  ],
  [
    "the refresh may succeed later",
    () => {
      refuse(503, "temporarily_unavailable");
      return session({ expiresAt: clock.now() - 1 }).get("/me");
    },
  ],
  [
    "the client's secret is wrong",
    () => {
      refuse(401, "invalid_client");
      return session({ expiresAt: clock.now() - 1 }).get("/me");
    },
  ],
  [
    "the token was refreshed and the request was not sent",
    () => {
      example.rotate("rt-old");
      return session({ expiresAt: clock.now() - 1 }, { refresh: "notify" }).get("/me");
    },
  ],
  ["the token would leave the API", () => session().get("https://elsewhere.example/")],
  [
    "the network fails",
    async () => {
      const of = session();
      await example.close();
      return of.get("/me");
    },
  ],
];

it.each(others)("the user does not need to sign in when %s", async (_case, call) => {
  expect(needsSignIn(await rejectionOf(call()))).toBe(false);
});

it("needsSignIn() is false for what is no error of a session", () => {
  const values = [undefined, null, "INVALID_GRANT", { code: "INVALID_GRANT" }, { status: 401 }];
  expect(values.map(needsSignIn)).toEqual(values.map(() => false));
});
