import { beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, type OAuth2Session, Token, type TokenRecord } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";
import { WatchedStore } from "./support/watched-store.ts";

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const running = closedAfterAll();
let example: ExampleProvider;
let clock: FakeClock;
let client: OAuth2Client;

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  const { origin } = example;
  const endpoints = { token: `${origin}/token`, revocation: `${origin}/revoke` };
  client = example.client({ clock }, { endpoints });
  const { answer } = example.server;
  example.server.answer = (request, response) =>
    request.url === "/revoke" ? { status: 200 } : answer(request, response);
});

const expiring = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, changes);
const sentToApi = (): (string | undefined)[] =>
  example.apiRequests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
const sentToProvider = (): (string | null)[] =>
  example.tokenRequests.map(({ body }) => new URLSearchParams(body).get("refresh_token"));

describe("sessions made from the same token, each with its own renew function,", () => {
  const placeholder = { accessToken: "none-yet", expiresAt: 1 };
  const grantTo = (user: string): Token =>
    example.grant({
      accessToken: `at-${user}`,
      issuedAt: clock.now(),
      expiresAt: clock.now() + 1e6,
    });

  it.each(["at once", "one after the other"])(
    "each send and save a token of their own (%s)",
    async (when) => {
      const saved: string[] = [];
      const request = (user: string) =>
        client
          .session(placeholder, {
            renew: () => turns(5).then(() => grantTo(user)),
            onTokenUpdate: (next) => void saved.push(`${user}: ${next.accessToken}`),
          })
          .get(`/${user}`);
      if (when === "at once") await Promise.all([request("ada"), request("bob")]);
      else for (const user of ["ada", "bob"]) await request(user);
      expect(new Set(sentToApi())).toEqual(new Set(["at-ada", "at-bob"]));
      expect(new Set(saved)).toEqual(new Set(["ada: at-ada", "bob: at-bob"]));
    },
  );

  it("each save in their own record of a store", async () => {
    const store = new WatchedStore({ clock });
    const open = (user: string): Promise<OAuth2Session> =>
      client.storedSession({
        store,
        key: user,
        token: placeholder,
        renew: () => turns(5).then(() => grantTo(user)),
      });
    const [ada, bob] = [await open("ada"), await open("bob")];
    await Promise.all([ada.get("/ada"), bob.get("/bob")]);
    expect(await store.accessToken("ada")).toBe("at-ada");
    expect(await store.accessToken("bob")).toBe("at-bob");
    expect(bob.token.accessToken).toBe("at-bob");
  });

  it("each get their own token by the grant in the record", async () => {
    const renewal = { grant: "client_credentials" } as const;
    const request = (user: string) =>
      client
        .session({ ...placeholder, renewal }, { renew: () => Promise.resolve(grantTo(user)) })
        .get(`/${user}`);
    await Promise.all([request("ada"), request("bob")]);
    expect(new Set(sentToApi())).toEqual(new Set(["at-ada", "at-bob"]));
  });

  it("go on when one of them is signed out", async () => {
    const open = (user: string) =>
      client.session(placeholder, { renew: () => Promise.resolve(grantTo(user)) });
    const [ada, bob] = [open("ada"), open("bob")];
    await ada.revoke();
    expect(await thrown(ada.get("/ada"))).toMatchObject({ code: "SESSION_ENDED" });
    expect((await bob.get("/bob")).status).toBe(200);
  });
});

describe("one renew function", () => {
  it("is called once for all sessions made from the same token, also for later ones", async () => {
    let calls = 0;
    const renew = async (): Promise<Token> => {
      calls += 1;
      await turns(5);
      return example.grant({ accessToken: `at-${calls}`, expiresAt: clock.now() + 1e7 });
    };
    const open = () => client.session({ accessToken: "none-yet", expiresAt: 1 }, { renew });
    await Promise.all([open().get("/a"), open().get("/b"), open().fetch("/c")]);
    clock.advance(2 * MINUTE);
    await open().get("/d");
    expect(calls).toBe(1);
  });

  it("is called for each record if records differ in any field", async () => {
    const renew = ({ raw }: Token): Promise<Token> =>
      Promise.resolve(example.grant({ accessToken: `at-${String(raw["user"])}` }));
    const request = (user: string) =>
      client
        .session({ accessToken: "none-yet", expiresAt: 1, raw: { user } }, { renew })
        .get(`/${user}`);
    await Promise.all([request("ada"), request("bob")]);
    expect(new Set(sentToApi())).toEqual(new Set(["at-ada", "at-bob"]));
  });
});

describe("a rotated refresh token", () => {
  beforeEach(() => example.rotate("rt-old"));

  it("is replaced by the newest one for a minute", async () => {
    const record = expiring(-1).toJSON();
    await client.session(record).refresh();
    clock.advance(MINUTE);
    expect((await client.session(record).get("/me")).status).toBe(200);
    expect(sentToProvider()).toEqual(["rt-old"]);
  });

  it("is sent to the provider again after that, so that the provider sees its reuse", async () => {
    const record = expiring(-1).toJSON();
    const session = client.session(record);
    await session.refresh();
    for (const wait of [MINUTE + 1, WEEK]) {
      clock.advance(wait);
      const stale = client.session(record);
      expect(stale.token.accessToken).toBe("at-old");
      expect(await thrown(stale.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    }
    expect(await thrown(client.refreshToken(record))).toMatchObject({ code: "INVALID_GRANT" });
    expect(sentToProvider()).toEqual(["rt-old", "rt-old"]);
    expect((await session.get("/me")).status).toBe(200);
  });

  it("is not replaced by a token that came much later", async () => {
    const record = expiring(-1).toJSON();
    const session = client.session(record);
    for (let count = 0; count < 5; count += 1) {
      await session.refresh();
      clock.advance(MINUTE / 2);
    }
    expect(client.session(record).token.accessToken).toBe("at-old");
    expect(client.session(session.token.toJSON()).token.accessToken).toBe("at-rotated-5");
  });

  it("is sent to the provider when a store has it again much later", async () => {
    const store = new WatchedStore({ clock });
    const first = expiring(-1);
    const session = await client.storedSession({ store, key: "ada", token: first });
    await session.get("/me");
    clock.advance(WEEK);
    await store.put("ada", first.toJSON());
    const stale = await client.storedSession({ store, key: "ada" });
    expect(await thrown(stale.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    expect(sentToProvider()).toEqual(["rt-old", "rt-old"]);
  });

  it("is replaced by the newest one, at any time, in a session made before the rotation", async () => {
    const record = expiring(-1).toJSON();
    const [one, two] = [client.session(record), client.session(record)];
    clock.advance(WEEK);
    await one.refresh();
    clock.advance(2 * MINUTE);
    await one.refresh();
    clock.advance(2 * MINUTE);
    expect((await two.get("/me")).status).toBe(200);
    expect(sentToProvider()).toEqual(["rt-old", "rt-rotated-1"]);
  });

  it("is replaced by the newest one until that is saved, and for a minute after that", async () => {
    const record = expiring(-1).toJSON();
    let isBroken = true;
    const open = () =>
      client.session(record, {
        onTokenUpdate: () => {
          if (isBroken) throw new Error("the database is down");
        },
      });
    for (let count = 0; count < 5; count += 1) {
      expect(await thrown(open().get("/me"))).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
      clock.advance(5 * MINUTE);
    }
    isBroken = false;
    expect((await open().get("/me")).status).toBe(200);
    clock.advance(MINUTE);
    expect((await open().get("/me")).status).toBe(200);
    expect(sentToProvider()).toEqual(["rt-old"]);
    clock.advance(1);
    expect(await thrown(open().get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
  });
});

it("a refresh token that is not rotated leads to the newest access token at any time", async () => {
  example.token = () => {
    example.accepted.add("at-1");
    return { body: { access_token: "at-1", token_type: "Bearer", expires_in: 1e7 } };
  };
  const record = expiring(-1).toJSON();
  await client.session(record).get("/me");
  clock.advance(WEEK);
  expect((await client.session(record).get("/me")).status).toBe(200);
  expect(example.tokenRequests).toHaveLength(1);
});

describe("after client.revokeToken()", () => {
  beforeEach(() => example.rotate("rt-old"));

  it.each<[string, (token: Token) => Promise<void>]>([
    ["a token", (token) => client.revokeToken(token)],
    ["its refresh token", (token) => client.revokeToken(token, { hint: "refresh_token" })],
    ["its refresh token as a string", ({ refreshToken }) => client.revokeToken(refreshToken ?? "")],
  ])("of %s, no record sends the revoked token", async (_name, revoke) => {
    const record = expiring(-1).toJSON();
    const store = new WatchedStore({ clock });
    const newest = await client.session(record).refresh();
    const stored = await client.storedSession({ store, key: "ada", token: newest });
    await revoke(newest);
    for (const each of [record, newest.toJSON()]) {
      const session = client.session(each);
      expect(session.authorized).toBe(false);
      expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
      expect(await thrown(session.refresh())).toMatchObject({ code: "SESSION_ENDED" });
    }
    expect(await thrown(client.refreshToken(record))).toMatchObject({ code: "SESSION_ENDED" });
    expect(await thrown(stored.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(sentToApi()).toEqual([]);
    expect(sentToProvider()).toEqual(["rt-old"]);
  });

  it("that failed, the token can still be used", async () => {
    const { answer } = example.server;
    example.server.answer = (request, response) =>
      request.url === "/revoke" ? { status: 503 } : answer(request, response);
    const token = expiring(3000);
    expect(await thrown(client.revokeToken(token))).toMatchObject({ code: "SERVER_ERROR" });
    expect((await client.session(token).get("/me")).status).toBe(200);
  });

  it("of an access token alone, the session refreshes the token", async () => {
    const token = expiring(3000);
    await client.revokeToken(token, { hint: "access_token" });
    example.accepted.clear();
    expect((await client.session(token).get("/me")).status).toBe(200);
    expect(sentToProvider()).toEqual(["rt-old"]);
  });

  it("a user can sign in again, even if the provider gives the same refresh token", async () => {
    await client.revokeToken(expiring(3000));
    clock.advance(1000);
    const again = expiring(3000, { issuedAt: clock.now() });
    expect((await client.session(again).get("/me")).status).toBe(200);
  });

  it("the tokens of a refresh under way are revoked too", async () => {
    const { token: rotating } = example;
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    example.token = (request, response) => held.then(() => rotating(request, response));
    const token = expiring(-1);
    const refreshed = thrown(client.session(token).refresh());
    await until(() => example.tokenRequests.length === 1);
    await client.revokeToken(token);
    go();
    expect(await refreshed).toMatchObject({ code: "SESSION_ENDED" });
    const revoked = example.server
      .received("/revoke")
      .map(({ body }) => new URLSearchParams(body).get("token"));
    expect(revoked).toEqual(["rt-old", "at-old", "rt-rotated-1", "at-rotated-1"]);
  });
});

describe("a grant in a stored record", () => {
  const planted = {
    accessToken: "at-old",
    expiresAt: 1,
    requestedScope: ["admin"],
    renewal: { grant: "client_credentials", parameters: { audience: "everything" } },
  } as const;

  it("is not used without repeatGrant, because whoever can write the record could choose it", async () => {
    const store = new WatchedStore({ clock });
    await store.put("ada", planted);
    const stored = await client.storedSession({ store, key: "ada" });
    for (const session of [client.session(planted), client.session(Token.from(planted)), stored]) {
      expect(session.authorized).toBe(false);
      expect(await thrown(session.get("/me"))).toMatchObject({ code: "TOKEN_EXPIRED" });
      expect(await thrown(session.refresh())).toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
    }
    expect(await thrown(client.refreshToken(planted))).toMatchObject({
      code: "REFRESH_TOKEN_MISSING",
    });
    expect(example.server.requests).toHaveLength(0);
  });

  it("is not used after a 401 or after the record of an open session was replaced", async () => {
    const store = new WatchedStore({ clock });
    const token = await client.fetchClientCredentialsToken();
    const session = await client.storedSession({ store, key: "app", token });
    await store.put("app", planted);
    expect(await thrown(session.refresh())).toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
    const { expiresAt: _never, ...lasting } = planted;
    await thrown(client.session(lasting).get("/me"));
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("is used with repeatGrant: true", async () => {
    example.token = () => {
      example.accepted.add("at-new");
      return { body: { access_token: "at-new", token_type: "Bearer", expires_in: 3600 } };
    };
    const store = new WatchedStore({ clock });
    await store.put("app", planted);
    const stored = await client.storedSession({ store, key: "app", repeatGrant: true });
    expect((await stored.get("/me")).status).toBe(200);
    expect((await client.session(planted, { repeatGrant: true }).get("/me")).status).toBe(200);
    expect(new URLSearchParams(example.tokenRequests[0]?.body).get("audience")).toBe("everything");
  });

  it("needs repeatGrant to be true or false", () => {
    expect(() => client.session(planted, { repeatGrant: "yes" as never })).toThrow(/repeatGrant/);
    expect(() => client.clientCredentialsSession({ repeatGrant: true } as never)).toThrow(
      /repeatGrant is not an option/,
    );
  });
});
