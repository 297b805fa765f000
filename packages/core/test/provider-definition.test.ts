import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { CANARY } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
let example: ExampleProvider;

beforeAll(async () => {
  endpoint = await TokenEndpoint.start();
  example = await ExampleProvider.start();
});
afterAll(() => Promise.all([endpoint.close(), example.close()]));

describe("a provider's definition", () => {
  it("can be made of another one by changing fields", async () => {
    const base = defineProvider({
      name: "example",
      endpoints: {
        authorization: "https://id.example.com/authorize",
        token: "https://id.example.com/token",
      },
      scopeDelimiter: ",",
      defaultScope: ["a", "b"],
    });
    const changed = defineProvider({
      ...base,
      name: "self-hosted",
      endpoints: { ...base.endpoints, authorization: "https://id.self.example/authorize" },
      scopeDelimiter: ";",
    });
    const client = new OAuth2Client(changed, {
      clientId: "c",
      redirectUri: "https://app.example.com/callback",
    });
    const { url, provider } = await client.authorizationRequest();
    expect(provider).toBe("self-hosted");
    expect(new URL(url).host).toBe("id.self.example");
    expect(new URL(url).searchParams.get("scope")).toBe("a;b");
    expect(changed.endpoints.token).toBe("https://id.example.com/token");
    expect(base).toMatchObject({ name: "example", scopeDelimiter: "," });
  });

  it("keeps its default scope when the list that it was made from changes", () => {
    const defaultScope = ["a"];
    const endpoints = { token: "https://id.example.com/token" };
    const provider = defineProvider({ name: "example", endpoints, defaultScope });
    defaultScope.push("admin");
    expect(provider.defaultScope).toEqual(["a"]);
    expect(() => (provider.defaultScope as string[]).push("admin")).toThrow(TypeError);
  });

  it("gives way to the client's own clientAuthentication and tokenPlacement", async () => {
    const client = endpoint.client(
      { clientAuthentication: "basic" },
      { clientAuthentication: "post" },
    );
    await signIn(client);
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
    expect(endpoint.form()).toMatchObject({ client_secret: CANARY.clientSecret });

    const token = example.grant({ accessToken: "at-1" });
    const placing = example.client({ tokenPlacement: "header" }, { tokenPlacement: "query" });
    await placing.session(token).get("/me");
    expect(example.apiRequests[0]).toMatchObject({
      url: "/api/me",
      headers: { authorization: "Bearer at-1" },
    });
  });
});
