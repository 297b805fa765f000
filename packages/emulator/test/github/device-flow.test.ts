import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, json, post } from "../support/wire.ts";

const running = closedAfterEach();

interface Device {
  readonly device_code: string;
  readonly user_code: string;
}

const start = (github: GitHubEmulator, scope = "gist"): Promise<Response> =>
  post(
    github.endpoints.deviceAuthorization,
    { client_id: github.clientId, scope },
    { accept: "application/json" },
  );

const poll = async (
  github: GitHubEmulator,
  code: string,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const reply = await askToken(github, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: code,
    client_secret: undefined,
  });
  return { status: reply.status, body: await json(reply) };
};

it("starts the flow form-encoded unless JSON is accepted", async () => {
  const github = await running(startGitHub());
  const form = await post(github.endpoints.deviceAuthorization, { client_id: github.clientId });
  expect(await form.text()).toMatch(/^device_code=[0-9a-f]{40}&user_code=/);
  expect(await json(start(github))).toEqual({
    device_code: expect.stringMatching(/^[0-9a-f]{40}$/),
    user_code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
    verification_uri: `${github.origin}/login/device`,
    expires_in: 900,
    interval: 5,
  });
});

it("answers pending, too fast and approved polls with HTTP 200, and slows down by five seconds each time", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now }));
  const { device_code: code, user_code: userCode } = await json<Device>(start(github));
  expect(await poll(github, code)).toMatchObject({
    status: 200,
    body: { error: "authorization_pending" },
  });
  expect((await poll(github, code)).body).toMatchObject({ error: "slow_down", interval: 10 });
  clock.pass(9);
  expect((await poll(github, code)).body).toMatchObject({ error: "slow_down", interval: 15 });
  clock.pass(15);
  expect((await poll(github, code)).body["error"]).toBe("authorization_pending");
  await github.approveDevice(userCode.toLowerCase(), { user: "gracehopper" });
  expect((await poll(github, code)).body).toMatchObject({
    access_token: expect.stringMatching(/^gho_/),
    scope: "gist",
  });
  expect((await poll(github, code)).body["error"]).toBe("incorrect_device_code");
});

it("has errors for a denial, an expired code and a disabled flow", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now }));
  const denied = await json<Device>(start(github));
  await github.approveDevice(denied.user_code, { deny: true });
  expect((await poll(github, denied.device_code)).body["error"]).toBe("access_denied");
  const late = await json<Device>(start(github));
  clock.pass(900);
  expect((await poll(github, late.device_code)).body["error"]).toBe("expired_token");
  github.configure({ deviceFlow: false });
  const disabled = await start(github);
  expect([disabled.status, (await json(disabled))["error"]]).toEqual([200, "device_flow_disabled"]);
});

/** Signs in by the device flow; returns a function that refreshes without the secret. */
async function signIn(github: Awaited<ReturnType<typeof startGitHub>>) {
  const device = await json<Device>(start(github));
  await github.approveDevice(device.user_code);
  const { body } = await poll(github, device.device_code);
  const refresh = (token: unknown) =>
    json(
      askToken(github, {
        grant_type: "refresh_token",
        refresh_token: String(token),
        client_secret: undefined,
      }),
    );
  return { token: body["refresh_token"], refresh };
}

it("refreshes a token from the device flow without the secret", async () => {
  const { token, refresh } = await signIn(await running(startGitHub({ appType: "github-app" })));
  expect(await refresh(token)).toHaveProperty("access_token");
});

it("refuses a used token from the device flow without the secret, and may revoke its sign-in", async () => {
  const options = { appType: "github-app", refreshTokenReuse: "revokes-family" } as const;
  const { token, refresh } = await signIn(await running(startGitHub(options)));
  const { refresh_token: next } = await refresh(token);
  expect((await refresh(token))["error"]).toBe("bad_refresh_token");
  expect((await refresh(next))["error"]).toBe("bad_refresh_token");
});
