/* oxlint-disable typescript/unbound-method -- that they are bound is what is tested */
// Methods of clients and sessions can be taken out of their object and passed on.
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { OAuth2Client, type Token } from "@grantkit/core";
import { inspect } from "node:util";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;

beforeAll(async () => {
  example = await ExampleProvider.start();
  example.api = () => ({ body: { id: "ada" } });
});
afterAll(() => example.close());

const first = { accessToken: "at-first-0001" };

describe("a client's methods", () => {
  it("work without their client", async () => {
    const { authorizationRequest, fetchToken, session, profile } = example.client();
    const request = await authorizationRequest();
    const token = await fetchToken(callbackOf(request), request);
    example.grant(first);
    expect((await profile(token)).id).toBe("ada");
    expect((await session(token).get("/me")).status).toBe(200);
  });

  it("of a subclass too, whose own methods may call those that they override", async () => {
    class AcmeClient extends OAuth2Client {
      visits(): string {
        return `${this.provider.name}: 0`;
      }
      override async profile(token: Token): ReturnType<OAuth2Client["profile"]> {
        return { ...(await super.profile(token)), name: "Ada" };
      }
    }
    const { provider } = example.client();
    const { visits, profile } = new AcmeClient(provider, { clientId: "c" });
    expect(visits()).toBe("example: 0");
    expect(await profile(example.grant(first))).toMatchObject({ id: "ada", name: "Ada" });
  });

  it("can be replaced in tests, on the client and on its class", async () => {
    const client = example.client();
    const onClass = jest.spyOn(OAuth2Client.prototype, "logoutUrl").mockReturnValue("of the class");
    expect(client.logoutUrl()).toBe("of the class");
    onClass.mockRestore();
    expect(() => client.logoutUrl()).toThrow("endSession");
    jest.spyOn(client, "logoutUrl").mockReturnValue("of the client");
    expect(client.logoutUrl()).toBe("of the client");
    client.userInfo = () => Promise.resolve({ sub: "assigned" });
    expect(await client.userInfo(example.grant(first))).toEqual({ sub: "assigned" });
  });

  it("are no fields of the client", () => {
    const client = example.client();
    expect(Object.keys(client)).toEqual(["provider"]);
    expect(inspect(client)).not.toContain("fetchToken");
  });
});

describe("a session's methods", () => {
  it("work without their session", async () => {
    const { get, fetch, profile, userInfo } = example.client().session(example.grant(first));
    expect((await get("/me")).status).toBe(200);
    expect((await fetch("/me")).status).toBe(200);
    expect((await userInfo())["id"]).toBe("ada");
    expect((await profile()).id).toBe("ada");
  });

  it("refresh() and revoke() too", async () => {
    example.token = () => ({ body: { access_token: "at-second", token_type: "Bearer" } });
    const expired = { ...first, refreshToken: "rt-first", issuedAt: 0, expiresAt: 1 };
    const { refresh } = example.client().session(expired);
    expect((await refresh()).accessToken).toBe("at-second");
    const { revoke } = example.client().session(first);
    expect(await revoke()).toEqual({ atProvider: false });
  });

  it("can be replaced in tests", async () => {
    const session = example.client().session(first);
    jest.spyOn(session, "profile").mockResolvedValue({ id: "mock", raw: {} });
    expect((await session.profile()).id).toBe("mock");
    session.userInfo = () => Promise.resolve({ sub: "assigned" });
    expect(await session.userInfo()).toEqual({ sub: "assigned" });
  });
});
