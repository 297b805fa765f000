import { expect, it } from "@jest/globals";
import { startFacebook, startGitHub, startGoogle, startMicrosoft } from "../src/index.ts";
import type { GoogleEmulator } from "../src/index.ts";
import { testClock } from "./support/clock.ts";
import { closedAfterEach } from "./support/running.ts";
import { askToken, authorizationUrl, exchange, get, json, post } from "./support/wire.ts";

const running = closedAfterEach();

type Tokens = Record<string, unknown>;

const LIFETIMES = { accessTokenLifetime: 60, refreshTokenLifetime: 120 };

type Started = Promise<
  Pick<GoogleEmulator, "origin" | "clientId" | "clientSecret" | "authorize" | "close"> & {
    readonly endpoints: { readonly authorization: string; readonly token: string };
  }
>;

const providers: readonly {
  readonly name: string;
  readonly start: (now: () => number) => Started;
  readonly scope: string;
  readonly parameters: Record<string, string>;
  readonly profile: string;
}[] = [
  {
    name: "Google",
    start: (now: () => number) => startGoogle({ now, accessTokenLifetime: 60 }),
    scope: "openid",
    parameters: { access_type: "offline" },
    profile: "/v1/userinfo",
  },
  {
    name: "GitHub",
    start: (now: () => number) => startGitHub({ now, expiringTokens: true, ...LIFETIMES }),
    scope: "read:user",
    parameters: {},
    profile: "/api/user",
  },
  {
    name: "Microsoft",
    start: (now: () => number) => startMicrosoft({ now, ...LIFETIMES }),
    scope: "openid offline_access User.Read",
    parameters: {},
    profile: "/graph/v1.0/me",
  },
];

it.each(providers)(
  "ends the access tokens of $name after the lifetime of the switch",
  async ({ start, scope, parameters, profile }) => {
    const clock = testClock();
    const emulator = await running(start(clock.now));
    const url = authorizationUrl(emulator, { scope, ...parameters });
    const tokens = await json<Tokens>(exchange(emulator, await emulator.authorize(url)));
    expect(tokens["expires_in"]).toBe(60);
    const status = async (): Promise<number> =>
      (await get(emulator.origin + profile, String(tokens["access_token"]))).status;
    clock.pass(59);
    expect(await status()).toBe(200);
    clock.pass(1);
    expect(await status()).toBe(401);
  },
);

it.each(providers.slice(1))(
  "ends the refresh tokens of $name after the lifetime of the switch",
  async ({ start, scope }) => {
    const clock = testClock();
    const emulator = await running(start(clock.now));
    const signIn = async (): Promise<Tokens> => {
      const url = authorizationUrl(emulator, { scope });
      return json(exchange(emulator, await emulator.authorize(url)));
    };
    const refresh = async ({ refresh_token: token }: Tokens): Promise<unknown> => {
      const form = { grant_type: "refresh_token", refresh_token: String(token) };
      return (await json<Tokens>(askToken(emulator, form)))["error"];
    };
    const [first, second] = [await signIn(), await signIn()];
    clock.pass(119);
    expect(await refresh(first)).toBeUndefined();
    clock.pass(1);
    expect(await refresh(second)).toMatch(/^(bad_refresh_token|invalid_grant)$/);
  },
);

it("lets a device of Google and of Facebook poll as often as the switch says", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now, deviceInterval: 2 }));
  const facebook = await running(startFacebook({ now: clock.now, deviceInterval: 2 }));
  const atGoogle = await json(
    post(google.endpoints.deviceAuthorization, { client_id: google.clientId, scope: "email" }),
  );
  const client = { access_token: `${facebook.clientId}|${facebook.clientToken}` };
  const { api } = facebook.endpoints;
  const atFacebook = await json(post(`${api}/device/login`, { ...client, scope: "email" }));
  expect([atGoogle["interval"], atFacebook["interval"]]).toEqual([2, 2]);
  const poll = async (): Promise<unknown[]> => {
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: String(atGoogle["device_code"]),
    };
    const status = post(`${api}/device/login_status`, {
      ...client,
      code: String(atFacebook["code"]),
    });
    const { error } = await json<{ error: { code: number } }>(status);
    return [(await json(askToken(google, form)))["error"], error.code];
  };
  expect(await poll()).toEqual(["authorization_pending", 31]);
  clock.pass(2);
  expect(await poll()).toEqual(["authorization_pending", 31]);
  clock.pass(1);
  expect(await poll()).toEqual(["slow_down", 17]);
});
