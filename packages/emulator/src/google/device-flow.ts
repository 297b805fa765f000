import type { ConsentQuestion } from "../consent/consent-page.ts";
import { serveDevicePage } from "../consent/device-page.ts";
import type { WaitingDevice } from "../oauth/device-codes.ts";
import { randomAlphanumeric, randomFrom } from "../oauth/random-text.ts";
import { jsonReply } from "../oauth/responses.ts";
import { bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { oauthError } from "./errors.ts";
import { isDeviceScope, reportedScopes, scopeMeaning } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import { tokenReply } from "./token-reply.ts";

/** Path of the page on which a person types the user code. */
export const DEVICE_PAGE_PATH = "/device";

const LIFETIME_SECONDS = 1800;

/** Serves the device authorization endpoint and the device page. */
export function serveDeviceFlow(server: GoogleServer): void {
  server.app.post("/device/code", (c) => startDevice(server, bodyParameters(c)));
  serveDevicePage(server, {
    path: DEVICE_PAGE_PATH,
    ignoreCase: false,
    question: (device) => consentQuestion(server, device),
    grant: (user, device) => {
      const scopes = reportedScopes(device.scopes);
      server.grants.add(user.sub, scopes);
      return { user, scopes };
    },
  });
}

function startDevice(server: GoogleServer, parameters: WireParameters): Response {
  if (parameters["client_id"] !== server.clientId) {
    return oauthError("invalid_client", "The OAuth client was not found.", 401);
  }
  const scopes = delimitedList(parameters["scope"]);
  const refused = scopes.filter((scope) => !isDeviceScope(scope));
  if (scopes.length === 0 || refused.length > 0) {
    return oauthError("invalid_scope", `Invalid device flow scope: ${refused.join(" ")}`);
  }
  const letters = "BCDFGHJKLMNPQRSTVWXZ";
  const userCode = `${randomFrom(letters, 4)}-${randomFrom(letters, 4)}`;
  const deviceCode = `AH-1Ng${randomAlphanumeric(80)}`;
  const interval = server.switches.deviceInterval;
  server.devices.add({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return jsonReply({
    device_code: deviceCode,
    user_code: userCode,
    // RFC 8628 calls it verification_uri.
    // https://developers.google.com/identity/protocols/oauth2/limited-input-device#success-response
    verification_url: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function consentQuestion(server: GoogleServer, device: WaitingDevice): ConsentQuestion {
  return {
    application: server.applicationName,
    people: server.users.map(({ sub, name, email, picture = "" }) => ({
      id: sub,
      name,
      detail: email,
      picture,
    })),
    selected: server.users[0]?.sub ?? "",
    scopes: device.scopes.map((name) => ({ name, meaning: scopeMeaning(name), optional: false })),
  };
}

/** Answers one poll of a device: HTTP 428 for a pending device, 403 for too fast polling and for denied access. */
export function exchangeDeviceCode(
  server: GoogleServer,
  parameters: WireParameters,
): Response | Promise<Response> {
  const result = server.devices.poll(parameters["device_code"]);
  switch (result.state) {
    case "approved":
      return tokenReply(server, { ...result.grant, offline: true, newRefreshToken: true });
    case "pending":
      return oauthError("authorization_pending", "Precondition Required", 428);
    case "slow-down":
      return oauthError("slow_down", "Forbidden", 403);
    case "denied":
      return oauthError("access_denied", "Forbidden", 403);
    case "expired":
      return oauthError("expired_token", "The device code has expired.");
    default:
      return oauthError("invalid_grant", "Malformed device code.");
  }
}
