import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  GoogleExternalAccount,
  type GoogleExternalAccountOptions,
} from "@grantkit/provider-google";
import { type Answer, GoogleByAdapter, GoogleKeys } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const STS = "https://sts.googleapis.com/v1/token";
const ROBOT =
  "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/robot@navy.iam.gserviceaccount.com";
const AUDIENCE =
  "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/k8s";
const METADATA = "http://169.254.169.254/metadata/identity/oauth2/token";
const TOPICS = "https://pubsub.googleapis.com/v1/projects/navy/topics";
const PUBSUB = "https://www.googleapis.com/auth/pubsub";
const SERVICE = "https://reports-abc.a.run.app";

const keys = new GoogleKeys();
let now: number;
let google: GoogleByAdapter;
let answers: Record<string, Answer>;
let folder: string;
let tokenFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grantkit-federation-"));
  tokenFile = join(folder, "token");
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  now = NOW;
  answers = {};
  writeFileSync(tokenFile, "subject-1\n");
  let count = 0;
  google = new GoogleByAdapter({
    [STS]: () =>
      answers["sts"] ?? {
        body: {
          access_token: `federated-${++count}`,
          issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
          token_type: "Bearer",
          expires_in: 3600,
        },
      },
    [`${ROBOT}:generateAccessToken`]: () =>
      answers["iam"] ?? {
        body: { accessToken: "ya29.robot", expireTime: new Date(now + 3_600_000).toISOString() },
      },
    [`${ROBOT}:generateIdToken`]: () => ({
      body: { token: keys.sign({ aud: SERVICE, exp: now / 1000 + 3600 }) },
    }),
    [METADATA]: () => answers["source"] ?? { body: { access_token: "subject-2" } },
    [TOPICS]: () => ({ body: { topics: [] } }),
    [`${SERVICE}/daily`]: () => ({ body: { report: 1 } }),
  });
});

const config = (changes: object = {}) => ({
  type: "external_account",
  audience: AUDIENCE,
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  token_url: STS,
  credential_source: { file: tokenFile },
  ...changes,
});

const azure = {
  url: `${METADATA}?resource=x`,
  headers: { Metadata: "True" },
  format: { type: "json", subject_token_field_name: "access_token" },
};

const robot = { service_account_impersonation_url: `${ROBOT}:generateAccessToken` };

const workload = (changes: object = {}, options: Partial<GoogleExternalAccountOptions> = {}) =>
  new GoogleExternalAccount({
    config: config(changes),
    http: google.http,
    clock: { now: () => now, after: () => () => undefined },
    retries: false,
    ...options,
  });

const formAt = (index: number) =>
  Object.fromEntries(new URLSearchParams(google.requests[index]?.body ?? ""));
const thrownBy = (account: GoogleExternalAccount) =>
  account
    .session({ scope: [PUBSUB] })
    .get(TOPICS)
    .catch((reason: unknown) => reason);

describe("a workload of another platform", () => {
  it("exchanges the token of a file, and calls an API as itself", async () => {
    const account = workload();
    const session = account.session({ scope: [PUBSUB] });
    expect(google.requests).toHaveLength(0);
    await Promise.all([session.get(TOPICS), session.get(TOPICS)]);
    await account.session({ scope: [PUBSUB] }).get(TOPICS);
    expect(formAt(0)).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      audience: AUDIENCE,
      scope: PUBSUB,
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      subject_token: "subject-1",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    });
    expect(google.requests[0]?.headers["authorization"]).toBeUndefined();
    expect(google.requests.slice(1).map(({ headers }) => headers["authorization"])).toEqual(
      Array.from({ length: 3 }, () => "Bearer federated-1"),
    );
    // The platform has replaced the file meanwhile.
    writeFileSync(tokenFile, "subject-3");
    now += 3_600_000;
    await session.get(TOPICS);
    expect(formAt(4)).toMatchObject({ subject_token: "subject-3" });
  });

  it.each(["", null])("exchanges the token of a file whose url is %j", async (url) => {
    const account = workload({ credential_source: { file: tokenFile, url } });
    await account.fetchAccessToken({ scope: [PUBSUB] });
    expect(formAt(0)).toMatchObject({ subject_token: "subject-1" });
  });

  it("gets its token from a URL, with the headers and the field of the file", async () => {
    await workload({ credential_source: azure })
      .session({ scope: [PUBSUB] })
      .get(TOPICS);
    const [source] = google.requests;
    expect(source).toMatchObject({ method: "GET", url: azure.url });
    expect(source?.headers).toMatchObject({ metadata: "True" });
    expect(source?.headers["authorization"]).toBeUndefined();
    expect(formAt(1)).toMatchObject({ subject_token: "subject-2" });
  });

  it("names the project that pays for a person of a workforce pool", async () => {
    const account = workload({ workforce_pool_user_project: "navy" });
    await account.session({ scope: [PUBSUB] }).get(TOPICS);
    expect(formAt(0)).toMatchObject({ options: '{"userProject":"navy"}' });
  });

  it("gets its token from the app", async () => {
    let calls = 0;
    const subjectToken = () => Promise.resolve(`subject-${(calls += 4)}`);
    const account = workload({ credential_source: { environment_id: "aws1" } }, { subjectToken });
    await account.session({ scope: [PUBSUB] }).get(TOPICS);
    expect(formAt(0)).toMatchObject({ subject_token: "subject-4" });
  });

  it("acts as a service account, whose lifetime the file may set", async () => {
    const lifetime = { service_account_impersonation: { token_lifetime_seconds: 900 } };
    const account = workload({ ...robot, ...lifetime });
    await account.session({ scope: [PUBSUB] }).get(TOPICS);
    expect(formAt(0)).toMatchObject({ scope: "https://www.googleapis.com/auth/cloud-platform" });
    const [, impersonation, call] = google.requests;
    expect(impersonation).toMatchObject({ method: "POST", url: `${ROBOT}:generateAccessToken` });
    expect(impersonation?.headers["authorization"]).toBe("Bearer federated-1");
    expect(JSON.parse(impersonation?.body ?? "")).toEqual({ scope: [PUBSUB], lifetime: "900s" });
    expect(call?.headers["authorization"]).toBe("Bearer ya29.robot");
    const token = await workload(robot).fetchAccessToken({ scope: [PUBSUB] });
    expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
    expect(JSON.parse(google.requests.at(-1)?.body ?? "")).toMatchObject({ lifetime: "3600s" });
  });

  it("reads the lifetime where it is written as a text", async () => {
    const lifetime = { service_account_impersonation: { token_lifetime_seconds: "900" } };
    await workload({ ...robot, ...lifetime }).fetchAccessToken({ scope: [PUBSUB] });
    expect(JSON.parse(google.requests.at(-1)?.body ?? "")).toMatchObject({ lifetime: "900s" });
  });

  it("gets ID tokens of the service account", async () => {
    const session = workload(robot).idTokenSession({ targetAudience: SERVICE });
    expect((await session.get(`${SERVICE}/daily`)).data).toEqual({ report: 1 });
    expect(JSON.parse(google.requests[1]?.body ?? "")).toEqual({
      audience: SERVICE,
      includeEmail: true,
    });
    await expect(workload().fetchIdToken({ targetAudience: SERVICE })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });

  it("is made of the file's path and of its text, too", async () => {
    const configFile = join(folder, "config.json");
    writeFileSync(configFile, JSON.stringify(config()));
    for (const options of [{ configFile }, { config: JSON.stringify(config()) }]) {
      const account = new GoogleExternalAccount({ ...options, http: google.http });
      expect((await account.session({ scope: [PUBSUB] }).get(TOPICS)).status).toBe(200);
    }
  });
});

describe("what goes wrong is told, and nothing is sent after it", () => {
  it("a file that cannot be read", async () => {
    const error = await thrownBy(workload({ credential_source: { file: join(folder, "none") } }));
    expect(error).toMatchObject({ code: "RENEWAL_FAILED" });
    expect((error as Error).message).toContain("ENOENT");
    expect(google.requests).toHaveLength(0);
  });

  it("a file, where there is no file system", async () => {
    const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
    Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true });
    try {
      const error = await thrownBy(workload());
      expect(error).toMatchObject({ code: "RENEWAL_FAILED" });
      expect((error as Error).message).toContain("needs Node.js");
      expect(google.requests).toHaveLength(0);
    } finally {
      if (original) Object.defineProperty(process, "getBuiltinModule", original);
    }
  });

  it("an empty file, and JSON without the field", async () => {
    writeFileSync(tokenFile, " \n");
    expect(await thrownBy(workload())).toMatchObject({ code: "RENEWAL_FAILED" });
    writeFileSync(tokenFile, '{"other":"CANARY"}');
    const source = { file: tokenFile, format: azure.format };
    const error = await thrownBy(workload({ credential_source: source }));
    expect(error).toMatchObject({ code: "RENEWAL_FAILED" });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
    expect(google.requests).toHaveLength(0);
  });

  it("a source that fails", async () => {
    answers["source"] = { status: 400, body: "CANARY" };
    const error = await thrownBy(workload({ credential_source: azure }));
    expect(error).toMatchObject({ code: "API_REQUEST_FAILED", status: 400 });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
    expect(google.requests).toHaveLength(1);
  });

  it("a workload's token that Google refuses", async () => {
    const body = { error: "invalid_grant", error_description: "The issuer does not match." };
    answers["sts"] = { status: 400, body };
    const error = await thrownBy(workload(robot));
    expect(error).toMatchObject({ code: "INVALID_GRANT", provider: "google", status: 400 });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("subject-1");
    expect(google.requests).toHaveLength(1);
  });

  it("a service account that the workload may not impersonate", async () => {
    const details = [{ reason: "IAM_PERMISSION_DENIED", domain: "iam.googleapis.com" }];
    const error = { code: 403, message: "Permission denied", status: "PERMISSION_DENIED", details };
    answers["iam"] = { status: 403, body: { error } };
    expect(await thrownBy(workload(robot))).toMatchObject({
      code: "ACCESS_DENIED",
      status: 403,
      error: "PERMISSION_DENIED",
      errorDescription: "Permission denied",
      details: { reason: "IAM_PERMISSION_DENIED" },
      message: expect.stringContaining("Workload Identity User"),
    });
    answers["iam"] = { body: { accessToken: "x", expireTime: "soon" } };
    expect(await thrownBy(workload(robot))).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
  });

  it("an app's own function that fails or gets nothing", async () => {
    const source = { credential_source: undefined };
    const failing = () => Promise.reject(new Error("CANARY"));
    const failed = await thrownBy(workload(source, { subjectToken: failing }));
    expect(failed).toMatchObject({ code: "RENEWAL_FAILED" });
    expect(inspect(failed, { depth: 9 })).not.toContain("CANARY");
    const direct = workload(source, { subjectToken: failing });
    await expect(direct.fetchAccessToken({ scope: [PUBSUB] })).rejects.toMatchObject({
      code: "RENEWAL_FAILED",
    });
    expect(() => workload(source, { subjectToken: "CANARY" as never })).toThrow(
      /- subjectToken must be a function/,
    );
    const empty = () => Promise.resolve("");
    expect(await thrownBy(workload(source, { subjectToken: empty }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(google.requests).toHaveLength(0);
  });

  it.each([
    [{ type: "service_account" }, /"type" is "external_account"/],
    [{ audience: undefined }, /config.audience is missing/],
    [{ subject_token_type: "" }, /config.subject_token_type is missing/],
    [{ token_url: "https://sts.evil.example/v1/token" }, /config.token_url must be of Google's/],
    [{ token_url: "http://sts.googleapis.com/v1/token" }, /config.token_url/],
    [{ token_url: "https://evil.googleapis.com.evil.example/" }, /config.token_url/],
    [{ token_url: "https://sts.googleapis.com.evil.example/v1/token" }, /config.token_url/],
    [{ token_url: "https://storage.googleapis.com/evil/token" }, /config.token_url/],
    [{ token_url: "https://user@sts.googleapis.com/v1/token" }, /config.token_url/],
    [{ service_account_impersonation_url: "https://evil.example/" }, /iamcredentials/],
    [{ credential_source: undefined }, /needs file or url/],
    [{ credential_source: { file: "a", url: "https://b.example" } }, /needs file or url/],
    [{ credential_source: { url: "file:///etc/passwd" } }, /credential_source.url must be a URL/],
    [{ credential_source: { file: "a", headers: { a: 7 } } }, /headers must be/],
    [{ credential_source: { file: "a", format: { type: "json" } } }, /subject_token_field_name/],
    [
      { credential_source: { executable: { command: "x" } } },
      /an executable: only file and url.*subjectToken/,
    ],
    [
      { credential_source: { environment_id: "aws1", url: "http://169.254.169.254/x" } },
      /AWS.*: only file and url.*subjectToken/,
    ],
    [{ credential_source: { certificate: {} } }, /certificate: only file and url.*subjectToken/],
    [{ workforce_pool_user_project: 7 }, /workforce_pool_user_project must be a text/],
    ...["15m", "", 0, -900, null, Number.NaN].map((token_lifetime_seconds): [object, RegExp] => [
      { service_account_impersonation: { token_lifetime_seconds } },
      /config.service_account_impersonation.token_lifetime_seconds must be/,
    ]),
  ])("a file with %j", (changes, problem) => {
    expect(() => workload(changes)).toThrow(problem);
  });

  it("accepts Google's regional hosts", () => {
    const token_url = "https://sts.us-east1.rep.googleapis.com/v1/token";
    expect(() => workload({ token_url })).not.toThrow();
  });

  it.each([undefined, null, {}])("no scope and no audience in %j", async (options) => {
    const refused = { code: "CONFIGURATION_INVALID" };
    await expect(workload().fetchAccessToken(options as never)).rejects.toMatchObject(refused);
    await expect(workload(robot).fetchIdToken(options as never)).rejects.toMatchObject(refused);
    expect(() => workload().session(options as never)).toThrow(/scope is missing/);
    expect(google.requests).toEqual([]);
  });

  it.each<[string, object]>([
    ["for the workload's token", { credential_source: azure }],
    ["for the exchange", {}],
  ])("a request %s that the caller of fetchIdToken() aborts", async (_what, source) => {
    const signal = AbortSignal.abort(new Error("enough"));
    const account = workload({ ...robot, ...source });
    const asked = account.fetchIdToken({ targetAudience: SERVICE, signal });
    await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
    expect(google.requests).toEqual([]);
  });

  it("no file, and no scope", () => {
    expect(() => new GoogleExternalAccount({})).toThrow(/config is missing.*configFile/);
    expect(() => workload().session({ scope: [] })).toThrow(/scope is missing/);
    expect(() => workload().session(undefined as never)).toThrow(/scope is missing/);
  });
});
