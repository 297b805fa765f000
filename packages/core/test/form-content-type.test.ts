import { beforeEach, expect, it } from "@jest/globals";
import { type ProviderDefinition, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { closedAfterAll } from "./support/running.ts";

// The media type of forms has no charset (RFC 6749 appendix B, WHATWG URL §5), and TikTok names the plain one.
const FORM = "application/x-www-form-urlencoded";
const running = closedAfterAll();
let example: ExampleProvider;

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  const usual = example.server.answer;
  example.server.answer = (request, response) =>
    request.url.startsWith("/revoke") ? { body: {} } : usual(request, response);
});

const token = Token.from({ accessToken: "at-1", refreshToken: "rt-1" });

it("names the plain content type for forms to the token and the revocation endpoint", async () => {
  const endpoints = { token: `${example.origin}/token`, revocation: `${example.origin}/revoke` };
  const client = example.client({}, { endpoints });
  await client.fetchClientCredentialsToken();
  await client.refreshToken(token);
  await client.revokeToken(token);
  const types = example.server.requests.map(({ headers }) => headers["content-type"]);
  expect(types).toEqual([FORM, FORM, FORM, FORM]);
});

it("names it for the forms of a definition's revoke function", async () => {
  const revoke: ProviderDefinition["revoke"] = (api, { accessToken }) =>
    api.withClient({
      method: "POST",
      url: `${example.origin}/revoke`,
      form: { token: accessToken },
      credentials: { id: "client_key", secret: "client_secret" },
    });
  await example.client({}, { revoke }).revokeToken(token);
  expect(example.server.received("/revoke")[0]).toMatchObject({
    headers: { "content-type": FORM },
    body: "client_key=client-id&client_secret=client-secret-canary&token=at-1",
  });
});

it("encodes the parts of HTTP Basic for a revoke function as for every endpoint", async () => {
  const client = example.client(
    { clientId: "client:7", clientSecret: "s3cret-canary+/=" },
    {
      clientAuthentication: "basic",
      revoke: (api, { accessToken }) =>
        api.withClient({ method: "POST", url: "/revoke", json: { token: accessToken } }),
      api: { baseUrl: example.origin },
    },
  );
  await client.refreshToken(token);
  await client.revokeToken(token);
  const [refresh, revocation] = example.server.requests.map(({ headers }) => headers.authorization);
  expect(revocation).toBe(refresh);
});
