import { expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { startGoogle } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";
const CLOUD = "https://www.googleapis.com/auth/cloud-platform";
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";

it("exchanges a token of the workload at STS, and impersonates a service account", async () => {
  const google = await running(startGoogle({ now: clock.now }));
  const sts = (more: Record<string, string> = {}): Promise<Response> =>
    google.createSubjectToken().then((subjectToken) =>
      post(`${google.origin}/v1/token`, {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        audience: google.workloadAudience,
        scope: CLOUD,
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        subject_token: subjectToken,
        subject_token_type: JWT_TYPE,
        ...more,
      }),
    );
  const federated = await json(sts());
  expect(federated).toEqual({
    access_token: expect.any(String),
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: 3599,
  });
  expect(await json(sts({ audience: "//iam.googleapis.com/another" }))).toHaveProperty(
    "error",
    "invalid_target",
  );
  for (const wrong of [
    { audience: "projects/1/locations/global" },
    { requested_token_type: "access_token" },
  ]) {
    expect(await json(sts(wrong))).toHaveProperty("error", "invalid_request");
  }
  expect(await json(sts({ subject_token: "garbage" }))).toHaveProperty("error", "invalid_grant");
  const { client_email: email } = await google.createServiceAccount();
  const impersonate = (
    call: string,
    body: object,
    token = String(federated["access_token"]),
  ): Promise<Response> =>
    fetch(`${google.origin}/v1/projects/-/serviceAccounts/${email}:${call}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const access = await json(
    impersonate("generateAccessToken", { scope: [CALENDAR], lifetime: "600s" }),
  );
  expect(access["expireTime"]).toBe(
    new Date(clock.now() + 600_000).toISOString().replace(".000", ""),
  );
  const url = `${google.endpoints.api}/calendar/v3/users/me/calendarList`;
  expect((await get(url, String(access["accessToken"]))).status).toBe(200);
  clock.pass(601);
  expect((await get(url, String(access["accessToken"]))).status).toBe(401);
  const { token } = await json(
    impersonate("generateIdToken", { audience: "https://a.example", includeEmail: true }),
  );
  expect(decodeJwt(String(token))).toMatchObject({ aud: "https://a.example", email });
  const denied = await impersonate("generateAccessToken", { scope: [CALENDAR] }, "garbage");
  expect([denied.status, await json(denied)]).toMatchObject([
    401,
    { error: { status: "UNAUTHENTICATED" } },
  ]);
});

it("serves the metadata server, to requests with its header only", async () => {
  const google = await running(startGoogle());
  const ask = (
    path: string,
    headers: Record<string, string> = { "metadata-flavor": "Google" },
  ): Promise<Response> => fetch(`${google.origin}/computeMetadata/v1/${path}`, { headers });
  const account = "instance/service-accounts/default";
  expect((await ask(`${account}/token`, {})).status).toBe(403);
  const reply = await ask(`${account}/token?scopes=${CALENDAR}`);
  expect(reply.headers.get("metadata-flavor")).toBe("Google");
  const token = await json(reply);
  expect(token).toEqual({
    access_token: expect.any(String),
    expires_in: 3599,
    token_type: "Bearer",
  });
  const url = `${google.endpoints.api}/calendar/v3/users/me/calendarList`;
  expect((await get(url, String(token["access_token"]))).status).toBe(200);
  const email = await (await ask(`${account}/email`)).text();
  const identity = await (await ask(`${account}/identity?audience=https://a.example`)).text();
  expect(decodeJwt(identity)).toMatchObject({ aud: "https://a.example", email });
  expect((await ask(`${account}/identity`)).status).toBe(400);
  expect(await (await ask("project/project-id")).text()).toBe("emulator");
});
