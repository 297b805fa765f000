import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequestOptions,
  ConfigurationError,
  defineProvider,
  OAuth2Client,
} from "@grantkit/core";
import { FakeClock } from "./support/fake-clock.ts";

const provider = defineProvider({
  name: "example",
  issuer: "https://id.example.com",
  endpoints: {
    authorization: "https://id.example.com/authorize?brand=a",
    token: "https://id.example.com/token",
    jwks: "https://id.example.com/keys",
  },
  defaultScope: ["profile"],
  authorizationOptions: ["loginHint"],
  authorizationParameters: ({ loginHint }: { loginHint?: string }) => ({ login_hint: loginHint }),
});
const redirectUri = "https://app.example.com/callback?tenant=a%20b";
const clock = new FakeClock();
const client = new OAuth2Client(provider, { clientId: "client-id", redirectUri, clock });

describe("authorizationRequest", () => {
  it("asks for a code with PKCE S256 and a state, whatever the options", async () => {
    const request = await client.authorizationRequest();
    const url = new URL(request.url);
    expect(`${url.origin}${url.pathname}`).toBe("https://id.example.com/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      brand: "a",
      client_id: "client-id",
      response_type: "code",
      redirect_uri: redirectUri,
      scope: "profile",
      state: request.state,
      code_challenge: createHash("sha256").update(request.codeVerifier).digest("base64url"),
      code_challenge_method: "S256",
    });
  });

  it("is plain JSON with everything that the callback is checked against", async () => {
    const request = await client.authorizationRequest({ scope: ["openid", "email"] });
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    expect(request).toMatchObject({ provider: "example", redirectUri, scope: ["openid", "email"] });
    expect(request.issuedAt).toBe(clock.now());
  });

  it("adds a nonce when openid is asked for, and only then", async () => {
    const request = await client.authorizationRequest({ scope: ["openid"] });
    expect(new URL(request.url).searchParams.get("nonce")).toBe(request.nonce);
    expect(request.nonce).toMatch(/^[\w-]{43}$/);
    expect(await client.authorizationRequest()).not.toHaveProperty("nonce");
  });

  it("makes state, verifier and nonce of 256 bits that no two of 10,000 requests share", async () => {
    const seen = new Set<string>();
    for (let count = 0; count < 10_000; count += 1) {
      const { state, codeVerifier, nonce } = await client.authorizationRequest({
        scope: ["openid"],
      });
      for (const secret of [state, codeVerifier, nonce as string]) seen.add(secret);
    }
    expect(seen.size).toBe(30_000);
    expect([...seen].filter((secret) => !/^[\w-]{43}$/.test(secret))).toEqual([]);
  });

  it("passes the provider's own options and further parameters, repeated ones too", async () => {
    const request = await client.authorizationRequest({
      loginHint: "ada@example.com",
      parameters: { resource: ["https://a.example", "https://b.example"], audience: "x y&z" },
    });
    const { searchParams } = new URL(request.url);
    expect(searchParams.get("login_hint")).toBe("ada@example.com");
    expect(searchParams.getAll("resource")).toEqual(["https://a.example", "https://b.example"]);
    expect(searchParams.get("audience")).toBe("x y&z");
  });

  it("leaves the scope out when it is empty", async () => {
    const request = await client.authorizationRequest({ scope: [] });
    expect(new URL(request.url).searchParams.has("scope")).toBe(false);
  });

  it("refuses parameters that the client sets itself, bad scopes and bad redirect URIs, all in one error", async () => {
    const failing = client.authorizationRequest({
      scope: ["a b", ""],
      redirectUri: "http://app.example.com",
      parameters: { state: "mine", code_challenge_method: "plain" },
    });
    await expect(failing).rejects.toBeInstanceOf(ConfigurationError);
    await expect(failing).rejects.toMatchObject({
      problems: [
        expect.stringContaining("scope[0]"),
        expect.stringContaining("scope[1]"),
        expect.stringContaining("parameters.state"),
        expect.stringContaining("parameters.code_challenge_method"),
        expect.stringContaining("redirectUri"),
      ],
    });
  });

  it.each([[true], [5], [null], [{}], [["a", 5]]])(
    "refuses a further parameter that is no text: %j",
    async (value) => {
      const options = { parameters: { include_granted_scopes: value } } as never;
      await expect(client.authorizationRequest(options)).rejects.toMatchObject({
        problems: ["parameters.include_granted_scopes must be a string, or a list of strings"],
      });
    },
  );

  it("leaves out a further parameter that is undefined", async () => {
    const options = { parameters: { prompt: undefined } } as never;
    expect((await client.authorizationRequest(options)).url).not.toContain("prompt");
  });

  it("makes a valid URL from any text, half a surrogate pair included", async () => {
    const request = await client.authorizationRequest({ loginHint: "ada\ud83d" });
    expect(new URL(request.url).searchParams.get("login_hint")).toBe("ada\ufffd");
  });

  it("refuses an unknown option when the provider lists its own options", async () => {
    await expect(client.authorizationRequest({ scopes: ["read"] } as never)).rejects.toMatchObject({
      problems: ["scopes is not an option; did you mean scope?"],
    });
    await expect(client.authorizationRequest({ login_hint: "x" } as never)).rejects.toMatchObject({
      problems: ["login_hint is not an option; did you mean loginHint?"],
    });
  });

  it("lets hooks change the request, the provider's first", async () => {
    const hooked = new OAuth2Client(
      defineProvider({
        ...provider,
        hooks: {
          authorizationRequest: (value) => ({
            ...value,
            parameters: {
              ...value.parameters,
              order: "provider",
              scope: "less",
            },
          }),
        },
      }),
      {
        clientId: "client-id",
        redirectUri,
        hooks: {
          authorizationRequest: [
            ({ url, parameters }) => ({
              url,
              parameters: { ...parameters, order: `${String(parameters["order"])},client` },
            }),
          ],
        },
      },
    );
    const request = await hooked.authorizationRequest();
    const { searchParams } = new URL(request.url);
    expect(searchParams.get("order")).toBe("provider,client");
    expect(searchParams.get("state")).toBe(request.state);
    expect(request.scope).toEqual(["less"]);
  });

  it("stores a redirect URI as a hook rewrote it, and the client's own when a hook removed it", async () => {
    const sent = async (changed: string | undefined): Promise<[string | null, string]> => {
      const hooked = new OAuth2Client(provider, {
        clientId: "client-id",
        redirectUri,
        hooks: {
          authorizationRequest: ({ url, parameters }) => {
            const { redirect_uri: _taken, ...rest } = parameters;
            return {
              url,
              parameters: { ...rest, ...(changed !== undefined && { redirect_uri: changed }) },
            };
          },
        },
      });
      const request = await hooked.authorizationRequest();
      return [new URL(request.url).searchParams.get("redirect_uri"), request.redirectUri];
    };
    expect(await sent("Registered-Name-1")).toEqual(["Registered-Name-1", "Registered-Name-1"]);
    expect(await sent(undefined)).toEqual([redirectUri, redirectUri]);
  });
});

describe("an authorization endpoint with a query of its own", () => {
  const start = (endpoint: string, options: AuthorizationRequestOptions = {}) =>
    new OAuth2Client(
      defineProvider({
        name: "example",
        endpoints: {
          authorization: endpoint,
          token: "https://id.example.com/token",
        },
      }),
      { clientId: "c", redirectUri: "https://app.example.com/callback" },
    ).authorizationRequest(options);

  it.each<[string, string, AuthorizationRequestOptions, string, string[]]>([
    [
      "an option of the same name",
      "?prompt=login",
      { parameters: { prompt: "consent" } },
      "prompt",
      ["consent"],
    ],
    ["an encoded name", "?p%72ompt=login", { parameters: { prompt: "none" } }, "prompt", ["none"]],
    ["it twice", "?prompt=a&prompt=b", { parameters: { prompt: "c" } }, "prompt", ["c"]],
    ["no option of the same name", "?prompt=login", {}, "prompt", ["login"]],
    [
      "a list of the same name",
      "?resource=https://a.example.com",
      { resource: ["https://b.example.com", "https://c.example.com"] },
      "resource",
      ["https://b.example.com", "https://c.example.com"],
    ],
    ["the scope", "?scope=openid", { scope: ["read"] }, "scope", ["read"]],
    ["the client's id", "?client_id=other", {}, "client_id", ["c"]],
    ["the way of the response", "?response_type=token", {}, "response_type", ["code"]],
    ["a name of Object's", "?constructor=x", {}, "constructor", ["x"]],
  ])("has each parameter once in the URL: %s", async (_what, query, options, name, values) => {
    const { url } = await start(`https://id.example.com/authorize${query}`, options);
    expect(new URL(url).searchParams.getAll(name)).toEqual(values);
  });

  it("sends only the client's state and nonce", async () => {
    const { url, state } = await start(
      "https://id.example.com/authorize?state=fixed&tenant=a%20b&x",
    );
    const { searchParams } = new URL(url);
    expect(searchParams.getAll("state")).toEqual([state]);
    expect(url).toContain("/authorize?tenant=a%20b&x&client_id=c");
  });
});
