import type { Hono } from "hono";
import { serveDevicePage } from "../consent/device-page.ts";
import type { DevicePoll, WaitingDevice } from "../oauth/device-codes.ts";
import { randomAlphanumeric, randomFrom } from "../oauth/random-text.ts";
import { allParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { consentQuestion } from "./dialog.ts";
import { graphError, graphReply } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import { loginToken } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";

/** Path of the page on which a person types the user code. */
export const DEVICE_PAGE_PATH = "/device";

const LIFETIME_SECONDS = 420;

/**
 * Serves the endpoints of Facebook's device login, which does not follow RFC 8628.
 *
 * @see https://developers.facebook.com/docs/facebook-login/for-devices
 */
export function serveDeviceLogin(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.post("/device/login", (c) => startLogin(server, allParameters(c)));
  graph.post("/device/login_status", (c) => pollLogin(server, allParameters(c)));
}

/** Serves the device page. */
export function serveDeviceConsent(server: FacebookServer): void {
  serveDevicePage(server, {
    path: DEVICE_PAGE_PATH,
    ignoreCase: true,
    question: (device) => consentQuestion(server, requestedPermissions(device)),
    grant: (user, device, { scopes }) => {
      server.permissions.decide(user.id, requestedPermissions(device), scopes);
      return user;
    },
  });
}

function requestedPermissions({ scopes }: WaitingDevice): string[] {
  return [...new Set(["public_profile", ...scopes])];
}

function startLogin(server: FacebookServer, parameters: WireParameters): Response {
  if (!hasClientToken(server, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const userCode = randomFrom("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 8);
  const deviceCode = randomAlphanumeric(32);
  const scopes = delimitedList(parameters["scope"], /[\s,]+/);
  const interval = server.switches.deviceInterval;
  server.devices.add({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return graphReply({
    code: deviceCode,
    user_code: userCode,
    verification_uri: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function pollLogin(server: FacebookServer, parameters: WireParameters): Response {
  if (!hasClientToken(server, parameters)) return graphError(WRONG_CLIENT_TOKEN);
  const result = server.devices.poll(parameters["code"]);
  if (result.state !== "approved") return graphError(POLL_ERRORS[result.state]);
  // This reply has no token_type.
  return graphReply(loginToken(server, result.grant));
}

function hasClientToken(server: FacebookServer, parameters: WireParameters): boolean {
  return parameters["access_token"] === `${server.clientId}|${server.clientToken}`;
}

const WRONG_CLIENT_TOKEN: GraphError = {
  message: "Invalid OAuth access token - the client token does not belong to the app.",
  code: 190,
};

// The subcodes are from public code; the one for a denial is uncertain.
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
