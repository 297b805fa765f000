import { deviceCodePage } from "../consent/device-page.ts";
import type { WaitingDevice } from "../oauth/device-codes.ts";
import { randomFrom } from "../oauth/random-text.ts";
import { allParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { grantScopes } from "./authorization.ts";
import { consentQuestion } from "./consent.ts";
import { normalisedScopes, OFFLINE_ACCESS } from "./scopes.ts";
import { errorReply, formattedReply, issueTokens } from "./token-reply.ts";
import type { GitHubServer } from "./server.ts";

/** Where a person types the user code. */
export const DEVICE_PAGE_PATH = "/login/device";

const LIFETIME_SECONDS = 900;

/** Serves the device endpoint and the page for its user. */
export function serveDeviceFlow(server: GitHubServer): void {
  const { app, theme, devices } = server;
  app.post("/login/device/code", (c) => startDevice(server, c));
  app.get(DEVICE_PAGE_PATH, () => deviceCodePage(theme, DEVICE_PAGE_PATH));
  app.post(DEVICE_PAGE_PATH, (c) => {
    const { user_code: userCode = "" } = allParameters(c);
    const device = devices.waiting(userCode.trim().toUpperCase());
    return device === undefined
      ? deviceCodePage(theme, DEVICE_PAGE_PATH, "No device waits with this code.")
      : askUser(server, device);
  });
}

function startDevice(server: GitHubServer, c: EmulatorContext): Response {
  const { client_id: clientId, scope } = allParameters(c);
  if (clientId !== server.clientId) {
    const description = "The client_id passed is incorrect.";
    return errorReply(c, "incorrect_client_credentials", description);
  }
  if (!server.switches.deviceFlow) {
    return errorReply(c, "device_flow_disabled", "Device Flow must be enabled for this App.");
  }
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
  const userCode = `${randomFrom(letters, 4)}-${randomFrom(letters, 4)}`;
  const deviceCode = randomFrom("0123456789abcdef", 40);
  const scopes = delimitedList(scope, /[\s,]+/);
  const interval = server.switches.deviceInterval;
  server.devices.keep({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return formattedReply(c, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function askUser(server: GitHubServer, device: WaitingDevice): Promise<Response> {
  const question = consentQuestion(server, normalisedScopes(device.scopes), server.users[0]);
  return server.desk.ask(question, ({ allowed, userId }) => {
    const user = server.findUser(userId);
    if (!allowed || user === undefined) {
      server.devices.decide(device.deviceCode, undefined);
      return server.desk.say({ title: "Access denied", text: "The device gets no access." }, 200);
    }
    const offlineAccess = device.scopes.includes(OFFLINE_ACCESS);
    const scopes = grantScopes(server, user, device.scopes);
    server.devices.decide(device.deviceCode, { user, scopes, offlineAccess });
    return server.desk.say(
      { title: "Device connected", text: "You may close this page and go on at the device." },
      200,
    );
  });
}

/** One poll of a device; every answer is an HTTP 200. */
export function exchangeDeviceCode(
  server: GitHubServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Response {
  if (!server.switches.deviceFlow) {
    return errorReply(c, "device_flow_disabled", "Device Flow must be enabled for this App.");
  }
  const result = server.devices.poll(parameters["device_code"]);
  switch (result.state) {
    case "approved":
      return issueTokens(server, c, { ...result.grant, fromDevice: true });
    case "pending":
      return errorReply(c, "authorization_pending", "The authorization request is still pending.");
    case "slow-down":
      return errorReply(c, "slow_down", "Too many requests have been made in the same timeframe.", {
        interval: result.interval,
      });
    case "denied":
      return errorReply(c, "access_denied", "The authorization request was denied.");
    case "expired":
      return errorReply(c, "expired_token", "The `device_code` has expired.");
    default:
      return errorReply(c, "incorrect_device_code", "The device_code provided is not valid.");
  }
}
