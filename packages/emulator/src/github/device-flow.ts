import { serveDevicePage } from "../consent/device-page.ts";
import { randomFrom } from "../oauth/random-text.ts";
import { allParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { consentQuestion, grantScopes } from "./consent.ts";
import { normalizedScopes, OFFLINE_ACCESS } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import { errorReply, formattedReply, issueTokens } from "./token-reply.ts";

/** Path of the page on which a person types the user code. */
export const DEVICE_PAGE_PATH = "/login/device";

const LIFETIME_SECONDS = 900;

/** Serves the device authorization endpoint and the device page. */
export function serveDeviceFlow(server: GitHubServer): void {
  server.app.post("/login/device/code", (c) => startDevice(server, c));
  serveDevicePage(server, {
    path: DEVICE_PAGE_PATH,
    ignoreCase: true,
    question: ({ scopes }) => consentQuestion(server, normalizedScopes(scopes), server.users[0]),
    grant: (user, { scopes }) => ({
      user,
      scopes: grantScopes(server, user, scopes),
      offlineAccess: scopes.includes(OFFLINE_ACCESS),
    }),
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
  server.devices.add({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return formattedReply(c, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

/** Answers one poll of a device; every response has HTTP 200. */
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
