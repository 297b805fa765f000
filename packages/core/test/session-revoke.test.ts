import { beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, type Token, type TokenRecord } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answering } from "./support/loopback-server.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
let example: ExampleProvider;
let clock: FakeClock;
let store: WatchedStore;
/** What the revocation endpoint answers. */
let revocation: Answering;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  store = new WatchedStore({ clock });
  revocation = () => ({ status: 200 });
  const { answer } = example.server;
  example.server.answer = (request, response) =>
    request.url === "/revoke" ? revocation(request, response) : answer(request, response);
});

const expiring = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, changes);

function client(): OAuth2Client {
  const { origin } = example;
  return example.client(
    { clock },
    {
      endpoints: {
        authorization: `${origin}/authorize`,
        token: `${origin}/token`,
        revocation: `${origin}/revoke`,
      },
    },
  );
}

const revoked = (): (string | null)[] =>
  example.server.received("/revoke").map(({ body }) => new URLSearchParams(body).get("token"));

/** Holds the answer to a refresh until a test releases it. */
function heldRefresh(): { readonly answer: () => void } {
  example.rotate("rt-old");
  const { token: rotating } = example;
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  example.token = async (request, response) => {
    await held;
    return rotating(request, response);
  };
  return { answer };
}

describe("session.revoke()", () => {
  it.each([
    ["refresh token and then the access token", {}, ["rt-old", "at-old"]],
    ["access token where there is no other", { refreshToken: undefined }, ["at-old"]],
  ])("revokes the %s, and nothing is sent afterwards", async (_name, changes, tokens) => {
    const session = client().session(expiring(3000, changes));
    expect((await session.get("/me")).status).toBe(200);
    await session.revoke();
    expect(revoked()).toEqual(tokens);
    expect(session.authorized).toBe(false);
    const { length } = example.server.requests;
    for (const work of [session.get("/me"), session.fetch("/me"), session.refresh()]) {
      expect(await thrown(work)).toMatchObject({ code: "SESSION_ENDED", retryable: false });
    }
    expect(example.server.requests).toHaveLength(length);
  });

  it("ends other sessions of the client with the token, and with those before it", async () => {
    example.rotate("rt-old");
    const someClient = client();
    const old = expiring(-1);
    const [one, two] = [someClient.session(old), someClient.session(old)];
    await one.get("/me");
    const three = someClient.session(one.token);
    await two.revoke();
    expect(revoked()).toEqual(["rt-rotated-1", "at-rotated-1"]);
    const { length } = example.server.requests;
    for (const session of [one, two, three, someClient.session(old)]) {
      expect(session.authorized).toBe(false);
      expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    }
    expect(await thrown(someClient.refreshToken(old))).toMatchObject({ code: "SESSION_ENDED" });
    expect(example.server.requests).toHaveLength(length);
  });

  it("ends no session of another user", async () => {
    const someClient = client();
    const other = someClient.session(expiring(3000, { accessToken: "at-2", refreshToken: "rt-2" }));
    await someClient.session(expiring(3000)).revoke();
    expect((await other.get("/me")).status).toBe(200);
  });

  it("lets a user sign in again who gets the same token", async () => {
    const someClient = client();
    await someClient.session(expiring(3000, { refreshToken: undefined })).revoke();
    clock.advance(1000);
    const again = expiring(3000, { refreshToken: undefined, issuedAt: clock.now() });
    expect((await someClient.session(again).get("/me")).status).toBe(200);
  });

  it("forgets the token even if the provider cannot be reached, and throws", async () => {
    revocation = () => "cut";
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    expect(await thrown(session.revoke())).toMatchObject({
      code: "NETWORK_ERROR",
      retryable: true,
    });
    expect(session.authorized).toBe(false);
    expect(await store.accessToken(key)).toBeUndefined();
    expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    revocation = () => ({ status: 200 });
    await session.revoke();
    expect(revoked()).toEqual(["rt-old", "rt-old", "at-old"]);
  });

  it("throws when only one half was revoked; the session has ended, and another call revokes the rest", async () => {
    revocation = ({ body }) => (body.includes("=refresh_token") ? { status: 200 } : "cut");
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    const error = await thrown(session.revoke());
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
    expect(error.message).toMatch(/^The refresh token is revoked, the access token is not/);
    expect(session.authorized).toBe(false);
    expect(await store.accessToken(key)).toBeUndefined();
    for (const work of [session.fetch("/me"), session.refresh()]) {
      expect(await thrown(work)).toMatchObject({ code: "SESSION_ENDED" });
    }
    revocation = () => ({ status: 200 });
    await session.revoke();
    expect(revoked()).toEqual(["rt-old", "at-old", "rt-old", "at-old"]);
    expect(example.apiRequests).toHaveLength(0);
  });

  it("revokes both access tokens where another process has stored one with the same refresh token", async () => {
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    await store.put(key, expiring(3000, { accessToken: "at-2" }).toJSON());
    await session.revoke();
    expect(new Set(revoked())).toEqual(new Set(["rt-old", "at-old", "at-2"]));
  });

  it("deletes what is stored, and revokes a newer token that another process stored", async () => {
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    const newer = expiring(3000, { accessToken: "at-2", refreshToken: "rt-2" });
    await store.put(key, newer.toJSON());
    await session.revoke();
    expect(await store.accessToken(key)).toBeUndefined();
    expect(new Set(revoked())).toEqual(new Set(["rt-old", "at-old", "rt-2", "at-2"]));
    expect(await thrown(client().storedSession({ store, key }))).toMatchObject({
      code: "TOKEN_NOT_FOUND",
    });
  });

  it("tries the rest again, and leaves a sign-in between the two calls alone", async () => {
    const someClient = client();
    const session = await someClient.storedSession({ store, key, token: expiring(3000) });
    const newer = expiring(3000, { accessToken: "at-2", refreshToken: "rt-2" });
    await store.put(key, newer.toJSON());
    revocation = () => ({ status: 503 });
    expect(await thrown(session.revoke())).toMatchObject({ code: "SERVER_ERROR" });
    clock.advance(1000);
    const token = expiring(3000, { accessToken: "at-again", refreshToken: "rt-again" });
    const next = await someClient.storedSession({ store, key, token });
    revocation = () => ({ status: 200 });
    example.server.requests.length = 0;
    await session.revoke();
    expect(new Set(revoked())).toEqual(new Set(["rt-2", "at-2", "rt-old", "at-old"]));
    expect(await store.accessToken(key)).toBe("at-again");
    expect((await next.get("/me")).status).toBe(200);
  });

  it.each(["get", "delete"] as const)(
    "revokes and deletes everything when the store loses the answer to %s",
    async (method) => {
      const session = await client().storedSession({ store, key, token: expiring(3000) });
      const newer = expiring(3000, { accessToken: "at-2", refreshToken: "rt-2" });
      await store.put(key, newer.toJSON());
      const original = store[method].bind(store) as (...given: unknown[]) => Promise<never>;
      store[method] = async (...given: unknown[]) => {
        store[method] = original;
        await original(...given);
        throw new Error("connection lost");
      };
      expect(await thrown(session.revoke())).toMatchObject({ code: "STORE_FAILED" });
      await session.revoke();
      expect(new Set(revoked())).toEqual(new Set(["rt-old", "at-old", "rt-2", "at-2"]));
      expect(await store.accessToken(key)).toBeUndefined();
    },
  );

  it("deletes a record that is not a token", async () => {
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    await store.put(key, { accessToken: "with\nbreak" });
    await session.revoke();
    expect(await store.get(key)).toBeUndefined();
    expect(revoked()).toEqual(["rt-old", "at-old"]);
  });

  it("ends the session and revokes its token even if the store cannot delete, and throws", async () => {
    const session = await client().storedSession({ store, key, token: expiring(3000) });
    store.delete = () => Promise.reject(new Error("cannot delete rt-old"));
    const error = await thrown(session.revoke());
    expect(error).toMatchObject({ code: "STORE_FAILED" });
    expect(error.message).toContain("cannot delete [redacted]");
    expect(revoked()).toEqual(["rt-old", "at-old"]);
    expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
  });

  it("lets the user sign in again with the same store and key", async () => {
    const someClient = client();
    const session = await someClient.storedSession({ store, key, token: expiring(3000) });
    await session.revoke();
    const token = expiring(3000, { accessToken: "at-new", refreshToken: "rt-new" });
    const next = await someClient.storedSession({ store, key, token });
    expect((await next.get("/me")).status).toBe(200);
    expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
  });
});

describe("signing out while a refresh is under way", () => {
  it("does not bring the token back, and revokes what the refresh brought", async () => {
    const { answer } = heldRefresh();
    const saved: Token[] = [];
    const someClient = client();
    const old = expiring(-1);
    const session = someClient.session(old, { onTokenUpdate: (next) => void saved.push(next) });
    const waiting = Array.from({ length: 1000 }, () => thrown(session.fetch("/me")));
    await until(() => example.tokenRequests.length === 1);
    const gone = session.revoke();
    await turns();
    answer();
    await gone;
    const codes = (await Promise.all(waiting)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(["SESSION_ENDED"]));
    expect(new Set(revoked())).toEqual(
      new Set(["rt-rotated-1", "at-rotated-1", "rt-old", "at-old"]),
    );
    expect(saved).toEqual([]);
    expect(session.authorized).toBe(false);
    expect(await thrown(someClient.session(old).fetch("/me"))).toMatchObject({
      code: "SESSION_ENDED",
    });
    expect(example.apiRequests).toHaveLength(0);
  });

  it("leaves the record of a store deleted", async () => {
    const { answer } = heldRefresh();
    const session = await client().storedSession({ store, key, token: expiring(-1) });
    const waiting = Array.from({ length: 1000 }, () => thrown(session.fetch("/me")));
    await until(() => example.tokenRequests.length === 1);
    const gone = session.revoke();
    await turns();
    answer();
    await gone;
    const codes = (await Promise.all(waiting)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(["SESSION_ENDED"]));
    expect(await store.accessToken(key)).toBeUndefined();
    expect(store.written).toEqual(["at-old"]);
    expect(revoked()).toContain("rt-rotated-1");
  });

  it("in another process leaves the record deleted, and revokes the new token", async () => {
    const { answer } = heldRefresh();
    await store.put(key, expiring(-1).toJSON());
    const [one, two] = [
      await client().storedSession({ store, key }),
      await client().storedSession({ store, key }),
    ];
    const waiting = Array.from({ length: 1000 }, () => thrown(one.fetch("/me")));
    await until(() => example.tokenRequests.length === 1);
    await two.revoke();
    expect(revoked()).toEqual(["rt-old", "at-old"]);
    answer();
    const errors = await Promise.all(waiting);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["SESSION_ENDED"]));
    expect(await store.accessToken(key)).toBeUndefined();
    expect(revoked()).toEqual(["rt-old", "at-old", "rt-rotated-1", "at-rotated-1"]);
    expect(example.apiRequests).toHaveLength(0);
    expect(one.authorized).toBe(false);
  });

  it("between the refresh and the save revokes the new token", async () => {
    example.rotate("rt-old");
    await store.put(key, expiring(-1).toJSON());
    const session = await client().storedSession({ store, key });
    store.beforeSet = () => store.put(key, undefined);
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(await store.accessToken(key)).toBeUndefined();
    expect(revoked()).toEqual(["rt-rotated-1", "at-rotated-1"]);
  });

  it("gives callers the same error where the provider has no revocation endpoint or cannot be reached", async () => {
    for (const someClient of [example.client({ clock }), client()]) {
      revocation = () => "cut";
      example.rotate("rt-old");
      await store.put(key, expiring(-1).toJSON());
      const session = await someClient.storedSession({ store, key });
      store.beforeSet = () => store.put(key, undefined);
      expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    }
  });

  it("before the lock was acquired sends nothing to the token endpoint", async () => {
    await store.put(key, expiring(-1).toJSON());
    const session = await client().storedSession({ store, key });
    await store.put(key, undefined);
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(example.tokenRequests).toHaveLength(0);
    expect(session.authorized).toBe(false);
  });
});
