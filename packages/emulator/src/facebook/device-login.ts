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
import type { FacebookUser } from "./users.ts";
import type { FacebookServer } from "./server.ts";

/** Where a person types the user code. */
export const DEVICE_PAGE_PATH = "/device";

const LIFETIME_SECONDS = 420;

/**
 * Serves Facebook's own device login, which is not RFC 8628.
 *
 * @see https://developers.facebook.com/docs/facebook-login/for-devices
 */
export function serveDeviceLogin(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.post("/device/login", (c) => start(server, allParameters(c)));
  graph.post("/device/login_status", (c) => status(server, allParameters(c)));
}

/** Serves the page on which a person types the user code. */
export function serveDevicePage(server: FacebookServer): void {
  const { app, theme, devices } = server;
  app.get(DEVICE_PAGE_PATH, () => deviceCodePage(theme, DEVICE_PAGE_PATH));
  app.post(DEVICE_PAGE_PATH, (c) => {
    const { user_code: userCode = "" } = allParameters(c);
    const device = devices.waiting(userCode.trim().toUpperCase());
    return device === undefined
      ? deviceCodePage(theme, DEVICE_PAGE_PATH, "No device waits with this code.")
      : askUser(server, device);
  });
}

function start(server: FacebookServer, parameters: WireParameters): Response {
  if (!hasClientToken(server, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const userCode = randomFrom("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 8);
  const deviceCode = randomAlphanumeric(32);
  const scopes = delimitedList(parameters["scope"], /[\s,]+/);
  const interval = server.switches.deviceInterval;
  server.devices.keep({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return graphReply({
    code: deviceCode,
    user_code: userCode,
    verification_uri: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function status(server: FacebookServer, parameters: WireParameters): Response {
  if (!hasClientToken(server, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const result = server.devices.poll(parameters["code"]);
  if (result.state !== "approved") return graphError(POLL_ERRORS[result.state]);
  const lifetime =
    server.switches.tokenLifetime === false ? undefined : server.switches.tokenLifetime;
  const token = server.tokens.issueUser(result.grant, lifetime);
  const dataAccess = server.tokens.find(token)?.dataAccessExpiresAt ?? 0;
  // No token_type here.
  return graphReply({
    access_token: token,
    data_access_expiration_time: Math.floor(dataAccess / 1000),
    expires_in: lifetime,
  });
}

function hasClientToken(server: FacebookServer, parameters: WireParameters): boolean {
  return parameters["access_token"] === `${server.clientId}|${server.clientToken}`;
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

function askUser(server: FacebookServer, device: WaitingDevice): Promise<Response> {
  const asked = [...new Set(["public_profile", ...device.scopes])];
  return server.desk.ask(consentQuestion(server, asked), ({ allowed, userId, scopes }) => {
    const user = server.findUser(userId);
    if (!allowed || user === undefined) {
      server.devices.decide(device.deviceCode, undefined);
      return server.desk.say({ title: "Access denied", text: "The device gets no access." }, 200);
    }
    const refused = asked.filter((name) => !scopes.includes(name));
    server.permissions.set(user.id, scopes, "granted");
    server.permissions.set(user.id, refused, "declined");
    server.devices.decide(device.deviceCode, user);
    const text = "You may close this page and go on at the device.";
    return server.desk.say({ title: "Device connected", text }, 200);
  });
}
