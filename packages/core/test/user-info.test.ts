import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import axios from "axios";
import { openIdProfile, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

let example: ExampleProvider;
let token: Token;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-user-0001" });
});
beforeEach(() => {
  example.server.requests.length = 0;
});
afterAll(() => example.close());

describe("user info", () => {
  it("is returned as the provider sends it, and profile() as the provider definition maps it", async () => {
    example.api = () => ({ body: { id: 7, nick: "ada" } });
    const client = example.client();
    expect(await client.userInfo(token)).toEqual({ id: 7, nick: "ada" });
    expect(await client.profile(token)).toEqual({ id: "7", raw: { id: 7, nick: "ada" } });
    expect(await client.session(token).profile()).toMatchObject({ id: "7" });
    expect(example.apiRequests.map(({ url }) => url)).toEqual(["/api/me", "/api/me", "/api/me"]);
  });

  it("is asked for with the API's own Accept header, and as JSON where the API names none", async () => {
    example.api = () => ({ body: { id: 7 } });
    const headers = { Accept: "application/vnd.example+json" };
    const api = { baseUrl: `${example.origin}/api`, headers };
    await example.client({}, { api }).userInfo(token);
    await example.client().userInfo(token);
    expect(example.apiRequests.map(({ headers: sent }) => sent.accept)).toEqual([
      "application/vnd.example+json",
      "application/json",
    ]);
  });

  it("can be at another origin than the API, which then gets the token", async () => {
    const other = await ExampleProvider.start();
    other.accepted.add("at-user-0001");
    other.api = () => ({ body: { sub: "1" } });
    const client = example.client(
      {},
      {
        endpoints: {
          authorization: `${example.origin}/a`,
          token: `${example.origin}/token`,
          userInfo: `${other.origin}/api/userinfo`,
        },
      },
    );
    expect(await client.userInfo(token)).toEqual({ sub: "1" });
    await other.close();
  });

  it("can be collected from several calls", async () => {
    example.api = ({ url }) => ({ body: url === "/api/user" ? { id: "1" } : [{ email: "a@x" }] });
    const client = example.client(
      {},
      {
        userInfo: async (api) => ({
          ...(await api.get("/user")),
          emails: await api.get("/emails"),
        }),
      },
    );
    expect(await client.userInfo(token)).toEqual({ id: "1", emails: [{ email: "a@x" }] });
  });

  it.each<[string, unknown]>([
    ["a list", [1]],
    ["a text", "hello"],
    ["nothing", undefined],
  ])("that is %s is refused", async (_name, body) => {
    example.api = () => ({ body });
    await expect(example.client().userInfo(token)).rejects.toMatchObject({
      code: "USER_INFO_INVALID",
    });
  });

  it("that names no user makes no profile", async () => {
    example.api = () => ({ body: { name: "Ada" } });
    await expect(example.client().profile(token)).rejects.toMatchObject({
      code: "USER_INFO_INVALID",
    });
  });

  it.each([
    [401, "TOKEN_REJECTED", false],
    [403, "API_REQUEST_FAILED", false],
    [404, "API_REQUEST_FAILED", false],
    [429, "RATE_LIMITED", true],
    [500, "SERVER_ERROR", true],
  ])("that is answered with %d is %s", async (status, code, retryable) => {
    example.api = () => ({
      status,
      headers: { "retry-after": "9" },
      body: { error: "no", error_description: "because" },
    });
    await expect(example.client({ retries: false }).profile(token)).rejects.toMatchObject({
      code,
      status,
      retryable,
      error: "no",
      errorDescription: "because",
      retryAfter: 9,
    });
  });

  it("errors in the provider's own format are read by the provider definition", async () => {
    example.api = () => ({ status: 400, body: { fault: { number: 190, text: "gone" } } });
    const client = example.client(
      {},
      {
        readError: ({ fault }) => {
          const { number, text } = fault as { number: number; text: string };
          return { error: "fault", errorDescription: text, details: { number } };
        },
      },
    );
    await expect(client.userInfo(token)).rejects.toMatchObject({
      error: "fault",
      errorDescription: "gone",
      details: { number: 190 },
    });
  });

  it("has no secret in its error, neither the token's nor the client's, though the answer repeats them", async () => {
    const clientSecret = "client-secret-of-this-test";
    const told = `at-user-0001 of ${clientSecret}`;
    example.api = () => ({ status: 400, body: { error: "bad", error_description: told } });
    const client = example.client({ clientSecret });
    for (const call of [() => client.userInfo(token), () => client.session(token).profile()]) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ error: "bad", status: 400 });
      expect(inspect(error)).not.toMatch(/at-user-0001|client-secret-of/);
    }
  });

  it("is not requested with an expired token", async () => {
    const clock = new FakeClock();
    const expired = Token.from({ accessToken: "at-user-0001", expiresAt: clock.now() });
    const failing = example.client({ clock }).userInfo(expired);
    await expect(failing).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect(example.apiRequests).toHaveLength(0);
  });

  it("is read when an interceptor of the caller returns only the data, as is a token", async () => {
    const http = axios.create();
    http.interceptors.response.use(({ data }) => data as never);
    const client = example.client({ http });
    expect((await client.fetchClientCredentialsToken()).accessToken).toBe("at-first-0001");
    example.api = () => ({ body: { id: 7 } });
    expect(await client.profile(token)).toMatchObject({ id: "7" });
    example.api = () => ({ status: 403, body: { error: "insufficient_scope" } });
    await expect(client.profile(token)).rejects.toMatchObject({ error: "insufficient_scope" });
  });

  it("fails with the error of a caller's hook, and not with NETWORK_ERROR", async () => {
    const mine = new RangeError("mine");
    const protectedRequest = (): never => {
      throw mine;
    };
    const failing = example.client({ hooks: { protectedRequest } }).profile(token);
    await expect(failing).rejects.toBe(mine);
  });

  it("needs an endpoint", async () => {
    const client = example.client(
      {},
      { endpoints: { authorization: `${example.origin}/a`, token: `${example.origin}/token` } },
    );
    await expect(client.userInfo(token)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: ["the provider needs endpoints.userInfo"],
    });
  });
});

describe("the profile of OpenID Connect", () => {
  it("maps the standard claims", () => {
    const raw = {
      sub: "24400320",
      email: "jane@example.com",
      email_verified: true,
      name: "Jane Doe",
      given_name: "Jane",
      family_name: "Doe",
      preferred_username: "j.doe",
      picture: "https://example.com/jane.jpg",
      locale: "en",
      profile: "https://example.com/jane",
    };
    expect(openIdProfile(raw)).toEqual({
      id: "24400320",
      email: "jane@example.com",
      emailVerified: true,
      name: "Jane Doe",
      givenName: "Jane",
      familyName: "Doe",
      username: "j.doe",
      picture: "https://example.com/jane.jpg",
      locale: "en",
      profileUrl: "https://example.com/jane",
      raw,
    });
  });

  it("leaves out missing fields and those of another type, and has emailVerified true, false or undefined", () => {
    expect(openIdProfile({ sub: 1, email: "", name: null })).toMatchObject({
      id: "",
      email: undefined,
      name: undefined,
      emailVerified: undefined,
    });
    expect(openIdProfile({ sub: "1", email_verified: false }).emailVerified).toBe(false);
    expect(openIdProfile({ sub: "1", email_verified: 1 }).emailVerified).toBeUndefined();
  });

  it.each([
    ["true", true],
    ["false", false],
    ["TRUE", undefined],
    ["yes", undefined],
    ["", undefined],
  ])("reads email_verified as a text, which Apple sends: %j", (text, flag) => {
    expect(openIdProfile({ sub: "1", email_verified: text }).emailVerified).toBe(flag);
  });

  it("gives two subjects with one email two identities, and tells an unverified email from an unknown one", () => {
    const email = "ada@example.com";
    const [first, second] = ["1", "2"].map((sub) => openIdProfile({ sub, email }));
    expect(first?.id).not.toBe(second?.id);
    expect([first?.emailVerified, second?.emailVerified]).toEqual([undefined, undefined]);
    expect(openIdProfile({ sub: "1", email, email_verified: false }).emailVerified).toBe(false);
    expect(openIdProfile({ sub: "1", email, email_verified: true }).emailVerified).toBe(true);
  });
});
