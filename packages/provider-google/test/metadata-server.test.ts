import { beforeEach, expect, it } from "@jest/globals";
import { GoogleMetadataServer, type GoogleMetadataServerOptions } from "@grantkit/provider-google";
import { type Answer, GoogleByAdapter, GoogleKeys } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const BASE = "http://metadata.google.internal/computeMetadata/v1";
const ACCOUNT = `${BASE}/instance/service-accounts/default`;
const TOPICS = "https://pubsub.googleapis.com/v1/projects/navy/topics";
const SERVICE = "https://reports-abc.a.run.app";

const keys = new GoogleKeys();
let now: number;
let issued: number;
let tokenAnswer: Answer;
let google: GoogleByAdapter;

const flavor = { "metadata-flavor": "Google" };

beforeEach(() => {
  now = NOW;
  issued = 0;
  tokenAnswer = { headers: flavor };
  google = new GoogleByAdapter({
    [`${ACCOUNT}/token`]: () => ({
      body: { access_token: `ya29.c${++issued}`, expires_in: 3599, token_type: "Bearer" },
      ...tokenAnswer,
    }),
    [`${BASE}/instance/service-accounts/robot@navy.iam.gserviceaccount.com/token`]: () => ({
      headers: flavor,
      body: { access_token: "ya29.robot", expires_in: 3599 },
    }),
    [`${ACCOUNT}/identity`]: () => ({
      headers: flavor,
      body: keys.sign({ aud: SERVICE, exp: now / 1000 + 3600 }),
    }),
    [`${BASE}/project/project-id`]: () => ({ headers: flavor, body: "navy" }),
    [TOPICS]: () => ({ body: { topics: [] } }),
    [`${SERVICE}/daily`]: () => ({ body: { report: 1 } }),
  });
});

const machine = (options: GoogleMetadataServerOptions = {}) =>
  new GoogleMetadataServer({
    http: google.http,
    clock: { now: () => now, after: () => () => undefined },
    retries: false,
    ...options,
  });

it("calls an API as the machine's account, with one token until it expires", async () => {
  const account = machine();
  const session = account.session();
  expect(google.requests).toHaveLength(0);
  await Promise.all([session.get(TOPICS), session.get(TOPICS)]);
  await account.session().get(TOPICS);
  const [first, ...calls] = google.requests;
  expect(first).toMatchObject({ method: "GET", url: `${ACCOUNT}/token` });
  expect(first?.headers).toMatchObject({ "metadata-flavor": "Google" });
  expect(first?.headers["authorization"]).toBeUndefined();
  expect(calls.map(({ headers }) => headers["authorization"])).toEqual(
    Array.from({ length: 3 }, () => "Bearer ya29.c1"),
  );
  now += 3_599_000;
  await session.get(TOPICS);
  expect(google.requests.at(-1)?.headers["authorization"]).toBe("Bearer ya29.c2");
});

it("asks for scopes and for another of the machine's accounts", async () => {
  const scope = ["https://www.googleapis.com/auth/pubsub", "https://www.googleapis.com/auth/drive"];
  const token = await machine().fetchAccessToken({ scope });
  expect(token.scope).toEqual(scope);
  expect(token.expiresAt).toEqual(new Date(now + 3_599_000));
  expect(new URL(google.requests[0]?.url ?? "").searchParams.get("scopes")).toBe(scope.join(","));
  const account = "robot@navy.iam.gserviceaccount.com";
  expect((await machine({ account }).fetchAccessToken()).accessToken).toBe("ya29.robot");
});

it("reads a lifetime that is written as a text", async () => {
  tokenAnswer = { headers: flavor, body: { access_token: "ya29.text", expires_in: "60" } };
  const { expiresAt } = await machine().fetchAccessToken();
  expect(expiresAt).toEqual(new Date(now + 60_000));
});

it("gets ID tokens for Cloud Run", async () => {
  const session = machine().idTokenSession({ targetAudience: SERVICE });
  expect((await session.get(`${SERVICE}/daily`)).data).toEqual({ report: 1 });
  const { searchParams } = new URL(google.requests[0]?.url ?? "");
  expect(Object.fromEntries(searchParams)).toEqual({ audience: SERVICE, format: "full" });
  await expect(session.get("https://evil.example.com/")).rejects.toMatchObject({
    code: "ORIGIN_NOT_ALLOWED",
  });
});

it("reads other metadata", async () => {
  expect(await machine().fetchMetadata("project/project-id")).toBe("navy");
});

it.each<[string, Answer, object]>([
  ["another server's answer", {}, { code: "TOKEN_RESPONSE_INVALID" }],
  ["no JSON", { headers: flavor, body: "<html>" }, { code: "TOKEN_RESPONSE_INVALID" }],
  [
    "a token that has ended",
    { headers: flavor, body: { access_token: "CANARY", expires_in: -5 } },
    { code: "TOKEN_RESPONSE_INVALID", details: { field: "expires_in" } },
  ],
  ["no token", { headers: flavor, body: { expires_in: 1 } }, { code: "TOKEN_RESPONSE_INVALID" }],
  [
    "an account that the machine does not have",
    { status: 404, headers: flavor, body: "CANARY" },
    { code: "API_REQUEST_FAILED", status: 404, retryable: false },
  ],
  ["a failure", { status: 503, body: "" }, { code: "SERVER_ERROR", retryable: true }],
  [
    "a redirect to somebody else",
    { status: 302, headers: { ...flavor, location: "https://evil.example/" } },
    {},
  ],
])("throws for %s, and sends nothing to the API", async (_case, answer, expected) => {
  tokenAnswer = answer;
  const error: unknown = await machine()
    .session()
    .get(TOPICS)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: expect.stringContaining("OAuthError"), ...expected });
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
  expect(google.requests).toHaveLength(1);
});

it("says what to check where there is no metadata server", async () => {
  google = new GoogleByAdapter({});
  await expect(machine().fetchAccessToken()).rejects.toMatchObject({
    code: "NETWORK_ERROR",
    message: expect.stringContaining("Check that the app runs on Google Cloud"),
  });
});

it.each([
  [{ host: "http://metadata" }, "host must be a host name"],
  [{ host: "user@metadata" }, "host must be a host name"],
  [{ host: "metadata/path" }, "host must be a host name"],
  [{ host: 7 }, "host must be a host name"],
  [{ account: ".." }, "account must be the e-mail address"],
  [{ account: "../../project" }, "account must be the e-mail address"],
])("is not made of %j", (options, problem) => {
  expect(() => machine(options as never)).toThrow(problem);
});

it("may have its options in a function, which its first use calls", async () => {
  const { http } = google;
  const lazy = new GoogleMetadataServer(() => ({ http, retries: false }));
  expect((await lazy.session().get(TOPICS)).status).toBe(200);
});

it.each([{ scope: "x" }, { scope: [5] }])("asks for no token with %j", async (options) => {
  const refused = { code: "CONFIGURATION_INVALID" };
  await expect(machine().fetchAccessToken(options as never)).rejects.toMatchObject(refused);
  expect(google.requests).toEqual([]);
});

it.each([undefined, null, {}])("asks for no ID token with %j", async (options) => {
  const refused = { code: "CONFIGURATION_INVALID" };
  await expect(machine().fetchIdToken(options as never)).rejects.toMatchObject(refused);
  expect(google.requests).toEqual([]);
});

it("ends a request for an ID token when the caller aborts", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const asked = machine().fetchIdToken({ targetAudience: SERVICE, signal });
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
  expect(google.requests).toEqual([]);
});
