import { afterEach, beforeEach, expect, it } from "@jest/globals";
import {
  isOAuthError,
  MemoryTokenStore,
  type OAuth2Session,
  type SessionOptions,
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

const MANUAL = { refresh: "manual" } as const satisfies SessionOptions;
const REFRESH = /Call session\.refresh\(\)/;
const SIGN_IN = /let the user sign in again/i;

/** What a request's error advises. */
async function adviceOf(session: OAuth2Session): Promise<string> {
  const error = await rejectionOf(session.get("/x"));
  expect(isOAuthError(error) && error.code).toBe("TOKEN_EXPIRED");
  expect(example.server.requests.filter(({ url }) => url.startsWith("/api"))).toEqual([]);
  return (error as Error).message;
}

const expired = (record: object = {}) => ({
  accessToken: "at-old-0001",
  expiresAt: clock.now() - 1000,
  ...record,
});

it("a manual session with a refresh token advises session.refresh()", async () => {
  const session = example.client({ clock }).session(expired({ refreshToken: "rt-old" }), MANUAL);
  const advice = await adviceOf(session);
  expect(advice).toMatch(REFRESH);
  expect(advice).not.toMatch(SIGN_IN);
});

it("a manual session with a renew function advises session.refresh()", async () => {
  const renew = () => Promise.reject(new Error("not called"));
  const session = example.client({ clock }).session(expired(), { ...MANUAL, renew });
  expect(await adviceOf(session)).toMatch(REFRESH);
});

it("a manual session without a refresh token advises a new sign-in, as an automatic one does", async () => {
  const client = example.client({ clock });
  const advice = await adviceOf(client.session(expired(), MANUAL));
  expect(advice).toMatch(SIGN_IN);
  expect(advice).not.toMatch(REFRESH);
  expect(await adviceOf(client.session(expired()))).toBe(advice);
});

it("a manual session whose refresh token has expired advises a new sign-in", async () => {
  const record = { refreshToken: "rt-old", refreshTokenExpiresAt: clock.now() - 1 };
  const session = example.client({ clock }).session(expired(record), MANUAL);
  const advice = await adviceOf(session);
  expect(session.authorized).toBe(false);
  expect(advice).toMatch(SIGN_IN);
  expect(advice).not.toMatch(REFRESH);
});

it("a manual session whose refresh the provider refused advises a new sign-in", async () => {
  example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
  const session = example.client({ clock }).session(expired({ refreshToken: "rt-old" }), MANUAL);
  expect(await rejectionOf(session.refresh())).toMatchObject({ code: "INVALID_GRANT" });
  const advice = await adviceOf(session);
  expect(session.authorized).toBe(false);
  expect(advice).toMatch(SIGN_IN);
  expect(advice).not.toMatch(REFRESH);
});

it("a manual session of a store without a refresh token names both, because the store may have a newer token", async () => {
  const store = new MemoryTokenStore();
  const session = await example
    .client({ clock })
    .storedSession({ store, key: "user", token: expired(), ...MANUAL });
  const advice = await adviceOf(session);
  expect(advice).toMatch(/store/);
  expect(advice).toMatch(SIGN_IN);
});
