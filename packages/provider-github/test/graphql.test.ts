import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import {
  type GitHubApiError,
  GitHubClient,
  type GitHubErrorReason,
  type OAuth2Session,
} from "@grantkit/provider-github";
import { rejectionOf } from "../../core/test/support/canaries.ts";
import { signIn, startedGitHub } from "./support.ts";

const now = Date.UTC(2026, 10, 21, 10, 15);
const QUERY = "query ($first: Int) { viewer { login } }";

let emulator: GitHubEmulator;
let client: GitHubClient;
let session: OAuth2Session;

beforeAll(async () => {
  const clock = { now: () => now, after: () => () => undefined };
  ({ emulator, client } = await startedGitHub({ now: () => now }, { clock, retries: false }));
  session = client.session(await signIn(client, emulator));
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

/** What the next query gets. */
function answerWith(body: object, headers: Readonly<Record<string, string>> = {}): void {
  emulator.failNext({ path: "/api/graphql", status: 200, body, headers });
}

const refusal = async (): Promise<GitHubApiError> =>
  (await rejectionOf(client.graphql(session, QUERY))) as GitHubApiError;

it("sends the query and its variables, and returns the data", async () => {
  const data = await client.graphql<{ viewer: { login: string } }>(session, QUERY, { first: 3 });
  expect(data).toEqual({ viewer: { login: "ada-l" } });
  expect(emulator.requests).toMatchObject([
    { method: "POST", path: "/api/graphql", body: { query: QUERY, variables: { first: 3 } } },
  ]);
});

it("asks an Enterprise Server beside its REST API", async () => {
  const { clientId, endpoints } = emulator;
  const api = `${endpoints.api}/v3`;
  const enterprise = new GitHubClient({ clientId, endpoints: { ...endpoints, api } });
  await enterprise.graphql(enterprise.session(session.token), QUERY);
  expect(emulator.requests[0]?.path).toBe("/api/graphql");
});

it.each([{}, { data: null }, { data: "text" }, { data: null, errors: [] }])(
  "throws for an answer with neither data nor errors: %j",
  async (body) => {
    answerWith(body);
    expect(await refusal()).toMatchObject({ code: "API_REQUEST_FAILED", reason: "other" });
  },
);

it("throws the primary limit, with GitHub's time of its end", async () => {
  emulator.failNext("graphql-rate-limit");
  const error = await refusal();
  expect(error).toMatchObject({
    code: "RATE_LIMITED",
    reason: "primary-rate-limit",
    status: 200,
    isResetKnown: true,
    retryable: true,
  });
  expect(error.resetAt?.getTime()).toBe(Date.UTC(2026, 10, 21, 11));
});

it.each<[string, object, Record<string, string>, GitHubErrorReason, string]>([
  ["the other name of a limit", { type: "RATE_LIMIT" }, {}, "secondary-rate-limit", "RATE_LIMITED"],
  [
    "a secondary limit without a type",
    { message: "You have exceeded a secondary rate limit." },
    { "retry-after": "30" },
    "secondary-rate-limit",
    "RATE_LIMITED",
  ],
  ["a missing scope", { type: "INSUFFICIENT_SCOPES" }, {}, "forbidden", "API_REQUEST_FAILED"],
  [
    "a refusal of the last call of an hour",
    { type: "FORBIDDEN" },
    { "x-ratelimit-remaining": "0" },
    "forbidden",
    "API_REQUEST_FAILED",
  ],
  ["what is hidden", { type: "NOT_FOUND" }, {}, "not-found", "API_REQUEST_FAILED"],
  ["a mutation's input", { type: "UNPROCESSABLE" }, {}, "validation-failed", "API_REQUEST_FAILED"],
  [
    "single sign-on",
    { type: "FORBIDDEN", extensions: { saml_failure: true } },
    {},
    "sso-required",
    "INTERACTION_REQUIRED",
  ],
  [
    "a field that is misspelled",
    { message: "Field 'rate_limit' doesn't exist on type 'Query'" },
    {},
    "other",
    "API_REQUEST_FAILED",
  ],
  ["a syntax error", { message: "Parse error on }" }, {}, "other", "API_REQUEST_FAILED"],
])("throws %s", async (_, error, headers, reason, code) => {
  answerWith({ data: { viewer: null }, errors: [{ message: "No.", ...error }] }, headers);
  expect(await refusal()).toMatchObject({ name: "GitHubApiError", reason, code, status: 200 });
});

it("throws the page that authorizes the token for single sign-on", async () => {
  const url = "https://github.com/orgs/example/sso?authorization_request=A1";
  const errors = [{ type: "FORBIDDEN", message: "SAML", extensions: { saml_failure: true } }];
  answerWith({ data: null, errors }, { "x-github-sso": `required; url=${url}` });
  expect(await refusal()).toMatchObject({ reason: "sso-required", ssoUrl: url, error: "SAML" });
});

it("throws what GitHub refuses with an error status", async () => {
  emulator.failNext("api-bad-credentials");
  expect(await refusal()).toMatchObject({ reason: "bad-credentials", status: 401 });
  answerWith([]);
  expect(await rejectionOf(client.graphql(session, QUERY))).toMatchObject({
    reason: "other",
  });
});

it("shows no token that GitHub repeats", async () => {
  answerWith({ errors: [{ message: `no ${session.token.accessToken}` }] });
  expect((await refusal()).message).not.toContain(session.token.accessToken);
});
