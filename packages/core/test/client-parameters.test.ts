import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { defineProvider, type OAuth2ClientOptions, type ProviderDefinition } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import type { Answer, ReceivedRequest } from "./support/loopback-server.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  endpoint.answer(asWeChat);
});
afterEach(() => endpoint.close());

/** Knows the client as `appid` and `secret` alone, as WeChat does; the device flow's fields are those of RFC 8628. */
function asWeChat({ url, body }: ReceivedRequest): Answer {
  const fields = new URLSearchParams(body);
  if (fields.get("appid") !== "client" || fields.has("client_id") || fields.has("client_secret")) {
    return { status: 400, body: { error: "invalid_client" } };
  }
  if (fields.get("secret") !== CANARY.clientSecret) {
    return { status: 401, body: { error: "invalid_client", error_description: String(fields) } };
  }
  if (url.startsWith("/par"))
    return { status: 201, body: { request_uri: "urn:x", expires_in: 60 } };
  return { body: { ...GOOD, active: true } };
}

const NAMES = { clientParameters: { id: "appid", secret: "secret" } } as const;

const client = (
  options: Partial<OAuth2ClientOptions> = {},
  definition: Partial<ProviderDefinition> = {},
) => endpoint.client({ ...NAMES, endpoints: endpoint.everyEndpoint, ...definition }, options);

it("the authorization URL has the client's ID under the provider's name", async () => {
  const { searchParams } = new URL((await client().authorizationRequest()).url);
  expect(searchParams.get("appid")).toBe("client");
  expect(searchParams.has("client_id")).toBe(false);
});

it("the sign-in, the refresh, the revocation and the introspection authenticate by the provider's names", async () => {
  const of = client();
  const token = await signIn(of);
  await of.refreshToken(token);
  await expect(of.introspectToken(token)).resolves.toMatchObject({ active: true });
  await of.revokeToken(token);
  expect(endpoint.server.requests).toHaveLength(5);
});

it("a pushed request, too, has the provider's name, and so does the URL with the reference", async () => {
  const { url } = await client().authorizationRequest({ pushed: true });
  expect(url).toBe(`${endpoint.server.origin}/authorize?appid=client&request_uri=urn%3Ax`);
});

it("hooks see the usual names", async () => {
  const seen: unknown[] = [];
  const of = client({
    hooks: {
      authorizationRequest: ({ parameters }) => void seen.push(parameters["client_id"]),
      tokenRequest: ({ body }) => void seen.push(body["client_id"], body["client_secret"]),
    },
  });
  await signIn(of);
  expect(seen).toEqual(["client", "client", CANARY.clientSecret]);
});

it("a caller's parameter of the provider's name does not replace the client's", async () => {
  const of = client();
  const parameters = { appid: "another" };
  const { searchParams } = new URL((await of.authorizationRequest({ parameters })).url);
  expect(searchParams.getAll("appid")).toEqual(["client"]);
  await expect(of.fetchClientCredentialsToken({ parameters })).resolves.toMatchObject({});
});

it("a definition's revoke sends the client's credentials by those names", async () => {
  const of = client(
    {},
    {
      revoke: (api, { accessToken: token }) =>
        api.withClient({
          method: "POST",
          url: `${endpoint.server.origin}/disconnect`,
          form: { token },
        }),
    },
  );
  await of.session(await signIn(of)).revoke();
  const [sent] = endpoint.server.received("/disconnect");
  expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
    appid: "client",
    secret: CANARY.clientSecret,
    token: CANARY.accessToken,
  });
  expect(sent?.headers.authorization).toBeUndefined();
});

it("a server that repeats the secret under its own name does not put it into the error", async () => {
  const of = client({ clientSecret: "another-secret-0001" });
  const error = await rejectionOf(of.fetchClientCredentialsToken());
  expect(error).toMatchObject({ code: "INVALID_CLIENT" });
  expect(inspect(error)).not.toContain("another-secret-0001");
});

it.each([
  ["a text", "client_key", /clientParameters must be an object/],
  ["an empty name", { id: "" }, /clientParameters\.id must be the name of a parameter/],
  ["another field", { key: "client_key" }, /clientParameters\.key is not an option/],
  ["one name for both", { id: "client_secret" }, /must be two names/],
])("%s instead of the names is refused", (_what, clientParameters, message) => {
  const endpoints = { token: "https://id.example.com/token" };
  expect(() =>
    defineProvider({ name: "example", endpoints, clientParameters: clientParameters as object }),
  ).toThrow(message);
});
