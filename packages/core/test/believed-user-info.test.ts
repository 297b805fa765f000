import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, type ProviderDefinition, Token } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FaultyProvider, signingKey, SUBJECT } from "./support/faulty-provider.ts";
import { type Answer, LoopbackServer } from "./support/loopback-server.ts";

const KEY = signingKey("ES256", "first");

let provider: FaultyProvider;
let elsewhere: LoopbackServer;
let token: Token;

beforeAll(async () => {
  provider = await FaultyProvider.start(KEY);
  elsewhere = await LoopbackServer.start(() => ({ body: { sub: SUBJECT, name: "Mallory" } }));
  provider.userInfo = { sub: SUBJECT };
  token = await provider.signIn(openId());
});
beforeEach(() => {
  provider.answers.clear();
  elsewhere.requests.length = 0;
});
afterAll(() => Promise.all([provider.close(), elsewhere.close()]));

const openId = (definition: Partial<ProviderDefinition> = {}, options = {}): OAuth2Client =>
  provider.client(
    { ...definition, idToken: { algorithms: ["ES256"], ...definition.idToken } },
    options,
  );

const answer = (given: Answer): void => {
  provider.answers.set("/userinfo", () => given);
};

/** The four ways to ask who the user is. */
const ways = (client: OAuth2Client, of: Token = token): [string, () => Promise<unknown>][] => [
  ["client.userInfo()", () => client.userInfo(of)],
  ["client.profile()", () => client.profile(of)],
  ["session.userInfo()", () => client.session(of).userInfo()],
  ["session.profile()", () => client.session(of).profile()],
];

async function expectRefused(client: OAuth2Client, code: string, of: Token = token): Promise<void> {
  for (const [name, ask] of ways(client, of)) {
    const error = await rejectionOf(ask());
    expect([name, error]).toMatchObject([name, { code }]);
  }
}

describe("user info of an OpenID provider is refused", () => {
  it.each<[string, Record<string, unknown>]>([
    ["without sub", { email: CANARY.userData }],
    ["without sub, with the id of an API", { id: SUBJECT, email: CANARY.userData }],
    ["with sub in other letters", { Sub: SUBJECT, email: CANARY.userData }],
    ["with sub one level down", { data: { sub: SUBJECT } }],
    ["that is empty", {}],
    ["that is an error", { error: "invalid_token", error_description: "expired" }],
    ["that is an error object", { error: { code: 401, message: "no" } }],
    ["that is a list of errors", { errors: [{ message: "no" }] }],
  ])("%s (Core §5.3.2)", async (_name, body) => {
    answer({ body });
    await expectRefused(openId(), "USER_INFO_INVALID");
  });

  it.each([7, null, "", [SUBJECT], true])("whose sub is %j, as another user's", async (sub) => {
    answer({ body: { sub, email: CANARY.userData } });
    await expectRefused(openId(), "SUBJECT_MISMATCH");
  });

  it("without sub even when the token has no ID token", async () => {
    answer({ body: { email: CANARY.userData } });
    await expectRefused(openId(), "USER_INFO_INVALID", Token.from({ accessToken: "at-bare" }));
  });

  it("with a message that names the opt-out", async () => {
    answer({ body: { id: "7" } });
    const error = (await rejectionOf(openId().userInfo(token))) as Error;
    expect(error.message).toContain("userInfoWithoutSub");
  });
});

describe("user info without sub is accepted", () => {
  const profile = (raw: Readonly<Record<string, unknown>>) => ({ id: String(raw["id"]), raw });

  it("when the definition sets userInfoWithoutSub", async () => {
    answer({ body: { id: "7" } });
    const client = openId({ idToken: { userInfoWithoutSub: true }, profile });
    for (const [, ask] of ways(client)) expect(await ask()).toMatchObject({ id: "7" });
    answer({ body: { id: "7", sub: "another" } });
    await expectRefused(client, "SUBJECT_MISMATCH");
    answer({ body: {} });
    await expectRefused(client, "USER_INFO_INVALID");
  });

  it("when a userInfo function of the definition collects it", async () => {
    answer({ body: { id: "7" } });
    const userInfo: ProviderDefinition["userInfo"] = async (api) => ({
      ...(await api.get(`${provider.issuer}/userinfo`)),
    });
    expect(await openId({ userInfo, profile }).userInfo(token)).toEqual({ id: "7" });
    answer({ body: { id: "7", sub: "another" } });
    await expectRefused(openId({ userInfo, profile }), "SUBJECT_MISMATCH");
  });
});

describe("an error with status 200 from the user info endpoint is refused without OpenID Connect too", () => {
  let example: ExampleProvider;
  beforeAll(async () => {
    example = await ExampleProvider.start();
  });
  afterAll(() => example.close());

  it.each<[string, Record<string, unknown>]>([
    ["an RFC 6750 error", { error: "invalid_token", error_description: "expired" }],
    ["an error beside an id", { error: "not_authed", id: "7" }],
    ["an error object", { error: { type: "OAuthException", code: 190 } }],
    ["a list of errors", { errors: [{ code: 1 }], status: 401 }],
    ["a message alone", { message: "Bad credentials", status: 401 }],
    ["nothing", {}],
  ])("%s", async (_name, body) => {
    example.api = () => ({ body });
    const client = example.client({}, { profile: () => ({ id: "7", raw: {} }) });
    await expectRefused(client, "USER_INFO_INVALID", example.grant({ accessToken: "at-1" }));
  });

  it("and the message has the provider's error code but no secret", async () => {
    example.api = () => ({
      body: { error: "token_gone", error_description: `at-1-secret-0001 is gone` },
    });
    const of = example.grant({ accessToken: "at-1-secret-0001" });
    const error = await rejectionOf(example.client().userInfo(of));
    expect(error).toMatchObject({ code: "USER_INFO_INVALID", error: "token_gone", status: 200 });
    expect(JSON.stringify(error)).not.toContain("at-1-secret-0001");
  });

  it("but a user with a field named like an error is accepted", async () => {
    const body = { data: { id: "7" }, error: { code: "ok", message: "" }, errors: [] };
    example.api = () => ({ body });
    const of = example.grant({ accessToken: "at-2" });
    expect(await example.client().userInfo(of)).toEqual(body);
    example.api = () => ({ body: { id: "7", error: null, message: "hello", status: "away" } });
    expect(await example.client().userInfo(of)).toMatchObject({ id: "7" });
  });
});

describe("a redirect of user info", () => {
  const redirect = (location: string, status = 302): Answer => ({ status, headers: { location } });

  it.each([301, 302, 303, 307, 308])(
    "to another origin is refused, and nothing is sent there: %d (Core §5.3.4)",
    async (status) => {
      answer(redirect(`${elsewhere.origin}/userinfo`, status));
      await expectRefused(openId(), "REDIRECT_REFUSED");
      await expectRefused(openId({}, { http: {} }), "REDIRECT_REFUSED");
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it.each([
    ["the same machine by another name", (port: string) => `http://localhost:${port}/userinfo`],
    ["the same host with https", (port: string) => `https://127.0.0.1:${port}/userinfo`],
    ["another port, without a scheme", () => "//127.0.0.1:1/userinfo"],
    ["a URL with a user name", (port: string) => `http://user@127.0.0.1:${port}/userinfo`],
    ["a data URL", () => "data:application/json,{}"],
  ])("to %s is refused", async (_name, locationAt) => {
    answer(redirect(locationAt(new URL(provider.issuer).port)));
    await expectRefused(openId(), "REDIRECT_REFUSED");
  });

  it("to another origin after one within the origin is refused", async () => {
    answer(redirect("/second"));
    provider.answers.set("/second", () => redirect(`${elsewhere.origin}/userinfo`));
    await expectRefused(openId(), "REDIRECT_REFUSED");
    expect(elsewhere.requests).toEqual([]);
  });

  it("to another of the API's origins is refused too", async () => {
    answer(redirect(`${elsewhere.origin}/userinfo`));
    const api = { baseUrl: provider.issuer, origins: [elsewhere.origin] };
    await expectRefused(openId({ api }), "REDIRECT_REFUSED");
  });

  it("is refused for each call of a userInfo function", async () => {
    answer(redirect(`${elsewhere.origin}/userinfo`));
    const userInfo: ProviderDefinition["userInfo"] = async (api) => ({
      user: await api.get(`${provider.issuer}/userinfo`),
    });
    await expectRefused(
      openId({ userInfo, profile: () => ({ id: "7", raw: {} }) }),
      "REDIRECT_REFUSED",
    );
  });

  it.each([{}, { http: {} }, { tokenPlacement: "query" as const }])(
    "within the origin is followed, with the token: %j",
    async (options) => {
      const asked: string[] = [];
      const isFirst = (url: string): boolean => url.startsWith("/userinfo");
      provider.server.requests.length = 0;
      const usual = provider.server.answer;
      provider.server.answer = ({ url, headers, ...rest }, response) => {
        if (isFirst(url)) return redirect(`/who?x=1${url.replace(/^[^?]*\??/, "&")}`);
        if (!url.startsWith("/who")) return usual({ url, headers, ...rest }, response);
        asked.push(`${headers.authorization ?? ""}${url}`);
        return { body: { sub: SUBJECT, name: "Ada" } };
      };
      for (const [, ask] of ways(openId({}, options))) {
        expect(await ask()).toMatchObject({ name: "Ada" });
      }
      provider.server.answer = usual;
      expect(asked).toHaveLength(4);
      expect(asked.every((text) => text.includes(CANARY.accessToken))).toBe(true);
    },
  );

  it("that leads back to itself is refused", async () => {
    answer(redirect("/userinfo"));
    await expectRefused(openId(), "REDIRECT_REFUSED");
  });
});

describe("large user info", () => {
  it.each([{}, { http: {} }])("is refused above 1 MiB and accepted below: %j", async (options) => {
    const padded = (bytes: number): Answer => ({
      headers: { "content-type": "application/json" },
      body: `{"sub":"${SUBJECT}","padding":"${"x".repeat(bytes)}"}`,
    });
    answer(padded(1024 * 1024));
    await expectRefused(openId({}, options), "RESPONSE_TOO_LARGE");
    const error = (await rejectionOf(openId({}, options).userInfo(token))) as Error;
    expect(error.message).not.toContain("maxContentLength");
    answer(padded(1024 * 1024 - 100));
    expect(await openId({}, options).userInfo(token)).toMatchObject({ sub: SUBJECT });
  });

  it("of two hundred thousand nested values is read", async () => {
    const item = '{"a":{"b":[{"c":[{}]}]}}';
    const body = `{"sub":"${SUBJECT}","items":[${Array(40_000).fill(item).join(",")}]}`;
    answer({ headers: { "content-type": "application/json" }, body });
    const info = await openId().userInfo(token);
    expect(info["items"]).toHaveLength(40_000);
  });
});

describe("a __proto__ field of user info", () => {
  it("is dropped at every level", async () => {
    answer({
      headers: { "content-type": "application/json" },
      body: `{"__proto__":{"admin":true},"sub":"${SUBJECT}","list":[{"__proto__":{"admin":true},"a":1}]}`,
    });
    const info = await openId().userInfo(token);
    expect(Object.hasOwn(info, "__proto__")).toBe(false);
    expect((Object.assign({}, info) as Record<string, unknown>)["admin"]).toBeUndefined();
    expect(JSON.stringify(info)).toBe(`{"sub":"${SUBJECT}","list":[{"a":1}]}`);
    const { raw } = await openId().profile(token);
    expect(JSON.stringify(raw)).not.toContain("__proto__");
  });

  it("does not count as the sub of a user", async () => {
    answer({
      headers: { "content-type": "application/json" },
      body: `{"__proto__":{"sub":"${SUBJECT}"},"email":"a@example.com"}`,
    });
    await expectRefused(openId(), "USER_INFO_INVALID");
  });
});
