import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OAuth1Emulator, startOAuth1 } from "@grantkit/emulator";
import {
  defineOAuth1Provider,
  discogs,
  OAuth1Session,
  OAuth1Token,
  sign,
  trello,
  verify,
} from "@grantkit/oauth1";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";
import { sessionAt, signedIn } from "./support/consumer.ts";

let emulator: OAuth1Emulator;

beforeAll(async () => {
  emulator = await startOAuth1();
});
afterAll(() => emulator.close());

const CLIENT = { clientKey: "client-key-0001", clientSecret: "client-secret-0001" };
const REQUEST = { method: "GET", url: "https://api.example.com/1/me" };

const ENTRIES: Record<string, () => unknown> = {
  "the three steps to a token, and a request": async () => {
    const session = await signedIn(emulator);
    await session.get("/me").catch(() => undefined);
    await session.fetch("/me").catch(() => undefined);
  },
  fetchXAuthToken: () =>
    sessionAt(emulator)
      .fetchXAuthToken({ username: "u", password: "p" })
      .catch(() => undefined),
  refresh: () =>
    sessionAt(emulator, { token: { key: "token-key-0001", secret: "s" } })
      .refresh({})
      .catch(() => undefined),
  OAuth1Session: () => new OAuth1Session(CLIENT),
  "OAuth1Token.from": () => [
    OAuth1Token.from({ key: "token-key-0001", secret: "token-secret-0001" }),
    OAuth1Token.from({ oauth_token: "token-key-0001", oauth_token_secret: "token-secret-0001" }),
  ],
  sign: () => sign(REQUEST, CLIENT),
  verify: async () => {
    const { headers, ...signed } = await sign(REQUEST, CLIENT);
    await verify({ ...signed, headers }, () => ({ clientSecret: CLIENT.clientSecret }), {});
  },
  defineOAuth1Provider: () =>
    defineOAuth1Provider({
      name: "example",
      endpoints: {
        requestToken: "https://example.com/request",
        authorization: "https://example.com/authorize",
        accessToken: "https://example.com/access",
      },
    }),
  presets: () => [trello({}), discogs()],
};

describe("with traps on Object.prototype", () => {
  const names = [...new Set([...optionalFields("core"), ...optionalFields("oauth1")])];
  it.each(Object.entries(ENTRIES))("reads own fields only: %s", async (_name, call) => {
    expect(await readsFromPrototype(names, call)).toEqual([]);
  });
});

describe("a property on Object.prototype", () => {
  it("is not used as the secret of a client without one", async () => {
    const { headers, ...signed } = await sign(REQUEST, CLIENT);
    await polluted({ clientSecret: CLIENT.clientSecret }, async () => {
      await expect(verify({ ...signed, headers }, () => ({}))).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    });
  });

  it("is not used as an endpoint, URL, parameter or realm of a token request", async () => {
    const additions = {
      url: "http://127.0.0.1:1/evil",
      api: "http://127.0.0.1:1/evil",
      realm: "evil",
      parameters: { evil: "1" },
    };
    await polluted(additions, async () => {
      const session = await signedIn(emulator);
      expect(session.authorized).toBe(true);
    });
    expect(JSON.stringify(emulator.requests)).not.toContain("evil");
  });
});
