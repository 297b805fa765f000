import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { type OAuth2Client, OAuthError, Token } from "@grantkit/core";
import {
  callWithoutToken,
  checkedOptions,
  clientIdOf,
  clockOf,
  grantedSession,
  sharedGrantToken,
  must,
  mustBeText,
  type OptionRules,
  type SessionGrant,
  signedJwt,
  usableTokenOf,
} from "@grantkit/core/requests";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { hurry } from "./support/hurry.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns } from "./support/turns.ts";

let example: ExampleProvider;
let clock: FakeClock;
let client: OAuth2Client;
let minted: number;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  client = example.client({ clock, ...example.inProcess });
  minted = 0;
});

const grant = (further: Partial<SessionGrant> = {}): SessionGrant => ({
  method: "robotSession()",
  asked: { robot: 1 },
  fetchToken: async () => {
    minted += 1;
    const accessToken = `robot-token-${minted}`;
    example.accepted.clear();
    example.accepted.add(accessToken);
    return Token.from({ accessToken, issuedAt: clock.now(), expiresAt: clock.now() + 3600_000 });
  },
  ...further,
});

describe("grantedSession()", () => {
  it("gets one token for all sessions that ask for the same, with the first request", async () => {
    const sessions = Array.from({ length: 3 }, () => grantedSession(client, grant()));
    await turns();
    expect(minted).toBe(0);
    const answers = await Promise.all(sessions.map((session) => session.get("/me")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(minted).toBe(1);
    expect(sessions[2]?.token).toBe(sessions[0]?.token);
    clock.advance(3600_000);
    expect((await sessions[1]?.fetch("/me"))?.status).toBe(200);
    expect(minted).toBe(2);
  });

  it("has a token of its own for what is asked otherwise, and for another method", async () => {
    await grantedSession(client, grant()).refresh();
    await grantedSession(client, grant({ asked: { robot: 2 } })).refresh();
    await grantedSession(client, grant({ method: "otherSession()" })).refresh();
    expect(minted).toBe(3);
  });

  it("refuses options about storing a token, and unknown ones", () => {
    const open = (options: object) => () => grantedSession(client, grant(), options);
    expect(open({ onTokenUpdate: () => undefined })).toThrow(/robotSession\(\).*onTokenUpdate/s);
    expect(open({ leewy: 1 })).toThrow(/leewy/);
    expect(open({ leeway: "1" })).toThrow(/leeway must be/);
    expect(open({ leeway: 5 })).not.toThrow();
  });

  const asking = (asked: object[]): SessionGrant<{ readonly robot?: number; name?: string }> => ({
    ...grant(),
    asked: {},
    rules: { robot: must("be a number", (value) => typeof value === "number"), name: mustBeText },
    fetchToken: (options) => {
      asked.push(options);
      return grant().fetchToken(options);
    },
  });

  it("asks for the options that have rules, and shares the token of those that ask for the same", async () => {
    const asked: object[] = [];
    const open = (options: object) => grantedSession(client, asking(asked), options);
    await open({ robot: 1, leeway: 5, name: "r" }).refresh();
    expect(open({ name: "r", robot: 1 }).token.accessToken).toBe("robot-token-1");
    await open({ name: "r", robot: 2 }).refresh();
    expect(asked).toEqual([
      { robot: 1, name: "r" },
      { robot: 2, name: "r" },
    ]);
  });

  it("lists the problems of all options that do not fit their rules", () => {
    const open = (options: unknown) => () =>
      grantedSession(client, asking([]), options as { robot: number });
    expect(open({ robot: "1", name: 5, renew: 1 })).toThrow(
      /robotSession\(\).*robot must be a number.*name must be a string.*renew is not/s,
    );
    expect(open({ robt: 1 })).toThrow(/robt/);
    expect(open(null)).not.toThrow();
  });

  it("throws what fetchToken throws, and asks again with the next request", async () => {
    const session = grantedSession(
      client,
      grant({ fetchToken: () => Promise.reject(new OAuthError("RATE_LIMITED", "Wait.")) }),
    );
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "RATE_LIMITED" });
    expect(example.apiRequests).toHaveLength(0);
  });

  it("is for clients only", () => {
    expect(() => grantedSession({}, grant())).toThrow(/is not a client/);
  });
});

it("clockOf() and clientIdOf() give a client's clock and ID", () => {
  expect(clockOf(client)).toBe(clock);
  expect(clientIdOf(client)).toBe("client-id");
  expect(() => clockOf({})).toThrow(/is not a client/);
});

describe("callWithoutToken()", () => {
  const what = "the request for metadata";

  it("sends no token, and fetches none", async () => {
    example.server.answer = () => ({ body: { zone: "a" } });
    const answer = await callWithoutToken(example.client(), { url: "/metadata", what });
    expect(answer.fields()).toEqual({ zone: "a" });
    expect(example.server.requests).toHaveLength(1);
    expect(example.apiRequests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("throws the errors of callApi(), and is for clients only", async () => {
    expect(await thrown(callWithoutToken(client, { url: "/metadata", what }))).toMatchObject({
      code: "TOKEN_REJECTED",
      status: 401,
    });
    expect(await thrown(callWithoutToken({}, { url: "/metadata", what }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });
});

describe("checkedOptions()", () => {
  const rules: OptionRules<{ readonly name?: string }> = { name: mustBeText };

  it("gives a copy of the options' own fields", () => {
    const options = { name: "r" };
    const checked = checkedOptions("robot()", options, rules);
    expect(checked).toEqual(options);
    expect(checked).not.toBe(options);
  });

  it("lists unknown names and bad values, and takes nothing for no options", () => {
    const check = (given: object) => () => checkedOptions("robot()", given, rules, "example");
    expect(check({ name: 5, nam: "r" })).toThrow(
      expect.objectContaining({
        provider: "example",
        problems: [expect.stringContaining("nam "), "name must be a string"],
      }),
    );
    expect(checkedOptions<{ name?: string }>("robot()", null as never, rules)).toEqual({});
  });
});

describe("usableTokenOf()", () => {
  it("gives the token that the next request would send", async () => {
    const session = grantedSession(client, grant());
    expect((await usableTokenOf(session)).accessToken).toBe("robot-token-1");
    expect((await usableTokenOf(session)).accessToken).toBe("robot-token-1");
    clock.advance(3600_000 - 1000);
    expect((await usableTokenOf(session)).accessToken).toBe("robot-token-2");
  });
});

describe("sharedGrantToken()", () => {
  it("gives the token that the sessions of the grant share, and the next one when that is due", async () => {
    const session = grantedSession(client, grant());
    const [first, second] = await Promise.all([
      sharedGrantToken(client, grant()),
      sharedGrantToken(client, grant()),
    ]);
    expect(first).toBe(second);
    await session.get("/me");
    expect(session.token).toBe(first);
    expect(minted).toBe(1);
    clock.advance(3600_000 - 1000);
    expect((await sharedGrantToken(client, grant())).accessToken).toBe("robot-token-2");
  });

  it("gives a new token after a session with the first one was revoked", async () => {
    const session = grantedSession(client, grant());
    const first = await sharedGrantToken(client, grant());
    await session.revoke();
    expect(await sharedGrantToken(client, grant())).not.toBe(first);
  });

  it("throws what fetchToken throws, and is for clients only", async () => {
    const fetchToken = () => Promise.reject(new OAuthError("RATE_LIMITED", "Wait."));
    const failing = sharedGrantToken(client, grant({ fetchToken }));
    expect(await thrown(failing)).toMatchObject({ code: "RATE_LIMITED" });
    expect((await thrown(sharedGrantToken({}, grant()))).message).toMatch(/is not a client/);
  });
});

describe("a session whose new tokens are not known everywhere at once", () => {
  const settling = () => grantedSession(client, grant({ settlingSeconds: 5 }));
  const refuse = (times: number) => {
    const sent: (string | undefined)[] = [];
    example.api = ({ headers }) => {
      sent.push(headers.authorization);
      return sent.length > times ? { body: { ok: true } } : { status: 401, body: {} };
    };
    return sent;
  };

  it("sends a request again with the same token, also one that is not idempotent", async () => {
    const sent = refuse(2);
    const session = settling();
    const answer = await hurry(clock, session.post("/issues", { title: "a" }));
    expect(answer.status).toBe(200);
    expect(sent).toEqual(Array.from({ length: 3 }, () => "Bearer robot-token-1"));
    expect(minted).toBe(1);
  });

  it("gets another token when the first one is still refused after that time", async () => {
    const sent = refuse(4);
    const session = settling();
    expect((await hurry(clock, session.fetch("/me"))).status).toBe(200);
    expect(sent.at(-1)).toBe("Bearer robot-token-2");
    expect(minted).toBe(2);
  });

  it("does not wait for a token that is older, nor without such a time", async () => {
    refuse(1);
    const session = grantedSession(client, grant({ settlingSeconds: 5 }));
    await session.refresh();
    clock.advance(5000);
    expect((await session.get("/me")).status).toBe(200);
    expect(minted).toBe(2);
    refuse(1);
    const impatient = grantedSession(client, grant({ asked: {} }));
    expect((await impatient.get("/me")).status).toBe(200);
    expect(minted).toBe(4);
  });
});

describe("signedJwt()", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

  it("signs claims with a key that it imports once", async () => {
    const owner = {};
    const jwt = await signedJwt(owner, { iss: "robot" }, { key: pem }, "robotSession()");
    expect(decodeJwt(jwt)).toEqual({ iss: "robot" });
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: "RS256", typ: "JWT" });
  });

  it("says what is wrong with a key, and shows nothing of it", async () => {
    const broken = pem.replace(/\n[A-Z]/i, "\nsecret-canary");
    const error = await thrown(signedJwt({}, {}, { key: broken }, "robotSession()"));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toMatch(/robotSession\(\).*the key cannot be read/s);
    expect((error as Error).message).not.toContain("canary");
  });
});
