import type { Hono } from "hono";
import { deviceCodePage } from "../consent/device-page.ts";
import type { DevicePoll, WaitingDevice } from "../oauth/device-codes.ts";
import { randomAlphanumeric, randomFrom } from "../oauth/random-text.ts";
import { allParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { consentQuestion } from "./dialog.ts";
import { graphError, graphReply } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import { findFacebookUser } from "./users.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookWorld } from "./world.ts";

/** Where a person types the user code. */
export const DEVICE_PAGE_PATH = "/device";

const LIFETIME_SECONDS = 420;

/**
 * Serves Facebook's own device login, which is not RFC 8628.
 *
 * @see https://developers.facebook.com/docs/facebook-login/for-devices
 */
export function serveDeviceLogin(graph: Hono<EmulatorEnv>, world: FacebookWorld): void {
  graph.post("/device/login", (c) => start(world, allParameters(c)));
  graph.post("/device/login_status", (c) => status(world, allParameters(c)));
}

/** Serves the page on which a person types the user code. */
export function serveDevicePage(world: FacebookWorld): void {
  const { app, theme, devices } = world;
  app.get(DEVICE_PAGE_PATH, () => deviceCodePage(theme, DEVICE_PAGE_PATH));
  app.post(DEVICE_PAGE_PATH, (c) => {
    const { user_code: userCode = "" } = allParameters(c);
    const device = devices.waiting(userCode.trim().toUpperCase());
    return device === undefined
      ? deviceCodePage(theme, DEVICE_PAGE_PATH, "No device waits with this code.")
      : askUser(world, device);
  });
}

function start(world: FacebookWorld, parameters: WireParameters): Response {
  if (!hasClientToken(world, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const userCode = randomFrom("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 8);
  const deviceCode = randomAlphanumeric(32);
  const scopes = delimitedList(parameters["scope"], /[\s,]+/);
  const interval = world.switches.deviceInterval;
  world.devices.keep({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return graphReply({
    code: deviceCode,
    user_code: userCode,
    verification_uri: world.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function status(world: FacebookWorld, parameters: WireParameters): Response {
  if (!hasClientToken(world, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const result = world.devices.poll(parameters["code"]);
  if (result.state !== "approved") return graphError(POLL_ERRORS[result.state]);
  const lifetime =
    world.switches.tokenLifetime === false ? undefined : world.switches.tokenLifetime;
  const token = world.tokens.issueUser(result.grant, lifetime);
  const dataAccess = world.tokens.find(token)?.dataAccessExpiresAt ?? 0;
  // No token_type here.
  return graphReply({
    access_token: token,
    data_access_expiration_time: Math.floor(dataAccess / 1000),
    expires_in: lifetime,
  });
}

function hasClientToken(world: FacebookWorld, parameters: WireParameters): boolean {
  return parameters["access_token"] === `${world.clientId}|${world.clientToken}`;
}

const WRONG_CLIENT_TOKEN: GraphError = {
  message: "Invalid OAuth access token - the client token does not belong to the app.",
  code: 190,
};

// Subcodes as seen in public code; the one for a "no" is uncertain.
const POLL_ERRORS: Readonly<
  Record<Exclude<DevicePoll<FacebookUser>["state"], "approved">, GraphError>
> = {
  pending: {
    message: "User has not yet authorized the application.",
    code: 31,
    subcode: 1_349_174,
  },
  "slow-down": { message: "User request limit reached", code: 17, subcode: 1_349_172 },
  expired: { message: "The session has expired.", code: 463, subcode: 1_349_152 },
  denied: { message: "The user declined the login.", code: 100, subcode: 1_349_245 },
  unknown: { message: "Invalid device code.", code: 100, challenge: "invalid_request" },
};

function askUser(world: FacebookWorld, device: WaitingDevice): Promise<Response> {
  const asked = [...new Set(["public_profile", ...device.scopes])];
  return world.desk.ask(consentQuestion(world, asked), ({ allowed, userId, scopes }) => {
    const user = findFacebookUser(world.users, userId);
    if (!allowed || user === undefined) {
      world.devices.decide(device.deviceCode, undefined);
      return world.desk.say({ title: "Access denied", text: "The device gets no access." }, 200);
    }
    const refused = asked.filter((name) => !scopes.includes(name));
    world.permissions.set(user.id, scopes, "granted");
    world.permissions.set(user.id, refused, "declined");
    world.devices.decide(device.deviceCode, user);
    const text = "You may close this page and go on at the device.";
    return world.desk.say({ title: "Device connected", text }, 200);
  });
}
