import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  defineProvider,
  OAuth2Client,
  type OAuthErrorCode,
  placeToken,
  type TokenRequestHookValue,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

// What the libraries before this one can do, or do wrong, as far as no other test file is about it.

let endpoint: TokenEndpoint;
let example: ExampleProvider;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  example = await ExampleProvider.start();
});

afterEach(async () => {
  await endpoint.close();
  await example.close();
});

describe("an error word", () => {
  const words: [string, OAuthErrorCode, boolean][] = [
    ["access_denied", "ACCESS_DENIED", false],
    ["account_selection_required", "INTERACTION_REQUIRED", false],
    ["authorization_pending", "AUTHORIZATION_PENDING", false],
    ["consent_required", "INTERACTION_REQUIRED", false],
    ["expired_token", "DEVICE_CODE_EXPIRED", false],
    ["interaction_required", "INTERACTION_REQUIRED", false],
    ["invalid_client", "INVALID_CLIENT", false],
    ["invalid_grant", "INVALID_GRANT", false],
    ["invalid_request", "INVALID_REQUEST", false],
    ["invalid_scope", "INVALID_SCOPE", false],
    ["invalid_target", "INVALID_TARGET", false],
    ["login_required", "INTERACTION_REQUIRED", false],
    ["server_error", "SERVER_ERROR", true],
    ["slow_down", "SLOW_DOWN", false],
    ["temporarily_unavailable", "TEMPORARILY_UNAVAILABLE", true],
    ["unauthorized_client", "UNAUTHORIZED_CLIENT", false],
    ["unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE", false],
    ["unsupported_response_type", "UNSUPPORTED_RESPONSE_TYPE", false],
    ["unsupported_token_type", "UNSUPPORTED_TOKEN_TYPE", false],
    // Words of RFC 6750, which an API says and not a token endpoint.
    ["invalid_token", "PROVIDER_ERROR", false],
    ["insufficient_scope", "PROVIDER_ERROR", false],
    ["a_word_of_its_own", "PROVIDER_ERROR", false],
  ];
  const rest = { error_description: "In its own words.", error_uri: "https://docs.example.com/e" };

  it.each(words)("%s is %s, whichever way it comes", async (error, code, retryable) => {
    const expected = {
      code,
      error,
      retryable,
      provider: "example",
      errorDescription: rest.error_description,
      errorUri: rest.error_uri,
    };
    endpoint.answer({ status: 400, body: { error, ...rest } });
    const client = endpoint.client();
    expect(await rejectionOf(signIn(client))).toMatchObject({ ...expected, status: 400 });
    const request = await client.authorizationRequest();
    const callback = callbackOf(request, { error, ...rest });
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject(expected);
    expect(endpoint.requests).toHaveLength(1);
  });

  it.each([
    [401, "invalid_token", "TOKEN_REJECTED"],
    [403, "insufficient_scope", "API_REQUEST_FAILED"],
  ])("of the API's, with status %d: %s is %s", async (status, error, code) => {
    example.api = () => ({ status, body: { error, ...rest } });
    const token = example.grant({ accessToken: "at-1" });
    expect(await rejectionOf(example.client().userInfo(token))).toMatchObject({
      code,
      error,
      status,
      errorDescription: rest.error_description,
    });
  });
});

describe("a token request", () => {
  it("takes headers and fields from hooks, a refresh from its own", async () => {
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

  it("has a user name and a password though they are empty", async () => {
    await endpoint.client().fetchPasswordToken({ username: "", password: "" });
    expect(endpoint.form()).toMatchObject({ grant_type: "password", username: "", password: "" });
  });

  it("has further parameters though they are empty or 0, as the authorization request has", async () => {
    const client = endpoint.client();
    const parameters = { empty: "", zero: "0" };
    await client.fetchClientCredentialsToken({ parameters });
    expect(endpoint.form()).toMatchObject(parameters);
    const { url } = await client.authorizationRequest({ parameters });
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(parameters);
  });
});

describe("an authorization request", () => {
  it("keeps its PKCE challenge, S256, whatever hooks make of it", async () => {
    const client = endpoint.client(
      {},
      {
        hooks: {
          authorizationRequest: ({ url, parameters }) => {
            const { code_challenge: _gone, ...others } = parameters;
            return { url, parameters: { ...others, code_challenge_method: "plain" } };
          },
        },
      },
    );
    const { searchParams } = new URL((await client.authorizationRequest()).url);
    expect(searchParams.getAll("code_challenge_method")).toEqual(["S256"]);
    expect(searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  });

  it("keeps state and PKCE challenge though the provider's own parameters name them", async () => {
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

describe("a provider's definition", () => {
  it("can be another one's with changes", async () => {
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

  it("comes after what the client says", async () => {
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

it("a token's end is counted from its lifetime, and not what the provider's clock says it is", async () => {
  endpoint.answer({ body: { ...GOOD, expires_in: 60, expires_at: 1 } });
  const token = await signIn(endpoint.client());
  expect(token.expiresAt?.getTime()).toBe(endpoint.clock.now() + 60_000);
  expect(token.raw).toEqual({ expires_at: 1 });
});

describe("a session", () => {
  it("does not take the old end for a new token that has none", async () => {
    const clock = new FakeClock();
    example.token = () => ({ body: { access_token: "at-endless", token_type: "Bearer" } });
    example.accepted.add("at-endless");
    const session = example
      .client({ clock })
      .session(
        { accessToken: "at-old", refreshToken: "rt-old", expiresAt: clock.now() - 1 },
        { refresh: "manual" },
      );
    expect(await rejectionOf(session.get("/me"))).toMatchObject({ code: "TOKEN_EXPIRED" });
    await session.refresh();
    clock.advance(10 * 365 * 86_400_000);
    expect((await session.get("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("lets a hook sign with a scheme of its own in the token's place, such as MAC", async () => {
    const seen: unknown[] = [];
    example.server.answer = ({ headers }) => {
      seen.push(headers.authorization);
      return { body: {} };
    };
    const session = example
      .client({
        hooks: {
          protectedRequest: (request) => ({
            ...request,
            headers: { ...request.headers, authorization: `MAC id="1", mac="${request.method}"` },
            placement: "none",
          }),
        },
      })
      .session(example.grant({ accessToken: "at-1" }));
    await session.get("/me");
    await session.fetch("/me", { method: "POST" });
    expect(seen).toEqual(['MAC id="1", mac="GET"', 'MAC id="1", mac="POST"']);
  });
});

it("a token that is placed in a URL is encoded, and leaves query and fragment as they were written", () => {
  const { url } = placeToken(
    { url: "https://api.example.com/x?a=%20b&c=d+e#f=g" },
    "a+b&c/=",
    "query",
  );
  expect(url).toBe("https://api.example.com/x?a=%20b&c=d+e&access_token=a%2Bb%26c%2F%3D#f=g");
});

it("nothing is written to the console or the process's streams, whether it goes well or not", async () => {
  const written: unknown[] = [];
  const names = ["debug", "error", "info", "log", "trace", "warn"] as const;
  const spies = [
    ...names.map((name) => jest.spyOn(console, name)),
    jest.spyOn(process.stdout, "write"),
    jest.spyOn(process.stderr, "write"),
  ];
  for (const spy of spies)
    spy.mockImplementation(((...said: unknown[]) => written.push(said)) as never);
  try {
    const client = endpoint.client();
    await client.refreshToken(await signIn(client));
    endpoint.answer({ status: 500, body: GOOD });
    await rejectionOf(signIn(client));
    const session = example.client().session(example.grant({ accessToken: "at-1" }));
    await session.get("/me");
    await session.fetch("/me");
    example.accepted.clear();
    await session.get("/me").catch(() => undefined);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(written).toEqual([]);
});
