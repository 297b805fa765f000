import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { TokenRequestHookValue } from "@grantkit/core";
import { signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeAll(async () => {
  endpoint = await TokenEndpoint.start();
});
beforeEach(() => {
  endpoint.server.requests.length = 0;
});
afterAll(() => endpoint.close());

describe("a token request", () => {
  it("has the headers and fields that tokenRequest hooks add, and a refresh those of refreshRequest hooks", async () => {
    const adding = (value: TokenRequestHookValue): TokenRequestHookValue => ({
      ...value,
      headers: { ...value.headers, accept: "application/vnd.example+json", "x-api-key": "k-1" },
      body: { ...value.body, tenant: "acme" },
    });
    const sent = () =>
      endpoint.requests.map(({ headers }, index) => [
        headers.accept,
        headers["x-api-key"],
        endpoint.form(index)["tenant"],
      ]);
    const ours = ["application/vnd.example+json", "k-1", "acme"];
    const first = endpoint.client({}, { hooks: { tokenRequest: adding } });
    await first.refreshToken(await signIn(first));
    expect(sent()[0]).toEqual(ours);
    expect(sent()[1]?.slice(1)).toEqual([undefined, undefined]);

    endpoint.server.requests.length = 0;
    const second = endpoint.client({}, { hooks: { refreshRequest: adding } });
    await second.refreshToken(await signIn(second));
    expect(sent()[0]?.slice(1)).toEqual([undefined, undefined]);
    expect(sent()[1]).toEqual(ours);
  });

  it("sends an empty user name and password as empty fields", async () => {
    await endpoint.client().fetchPasswordToken({ username: "", password: "" });
    expect(endpoint.form()).toMatchObject({ grant_type: "password", username: "", password: "" });
  });

  it("sends further parameters that are empty or 0, as the authorization request does", async () => {
    const client = endpoint.client();
    const parameters = { empty: "", zero: "0" };
    await client.fetchClientCredentialsToken({ parameters });
    expect(endpoint.form()).toMatchObject(parameters);
    const { url } = await client.authorizationRequest({ parameters });
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(parameters);
  });
});

describe("an authorization request", () => {
  it("keeps its state and S256 challenge when the provider's own parameters name them", async () => {
    const client = endpoint.client({
      authorizationParameters: () => ({
        prompt: "login",
        state: "mine",
        code_challenge: "mine",
        code_challenge_method: "plain",
      }),
    });
    const request = await client.authorizationRequest();
    const { searchParams } = new URL(request.url);
    expect(searchParams.get("prompt")).toBe("login");
    expect(searchParams.getAll("state")).toEqual([request.state]);
    expect(searchParams.getAll("code_challenge_method")).toEqual(["S256"]);
    expect(searchParams.get("code_challenge")).not.toBe("mine");
  });
});
