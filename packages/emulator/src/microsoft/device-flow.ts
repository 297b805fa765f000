import { serveDevicePage } from "../consent/device-page.ts";
import { randomBase64Url, randomFrom } from "../oauth/random-text.ts";
import { jsonReply } from "../oauth/responses.ts";
import { bodyParameters, delimitedList } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { consentQuestion } from "./authorization.ts";
import { unknownClient } from "./client-authentication.ts";
import { entraError } from "./errors.ts";
import type { MicrosoftServer } from "./server.ts";
import { tokenReply } from "./token-reply.ts";
import { accountAt } from "./users.ts";

/** Path of the page on which a person types the user code. */
export const DEVICE_PAGE_PATH = "/common/oauth2/deviceauth";

const LIFETIME_SECONDS = 900;

/**
 * Serves the device authorization endpoint and the device page.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export function serveDeviceFlow(server: MicrosoftServer): void {
  server.app.post("/:tenant/oauth2/v2.0/devicecode", (c) => startDevice(server, bodyParameters(c)));
  serveDevicePage(server, {
    path: DEVICE_PAGE_PATH,
    ignoreCase: true,
    question: ({ scopes }) => consentQuestion(server, server.users, scopes),
    grant: (user, { scopes }) => {
      server.consented.add(user.oid);
      return { user, scopes };
    },
  });
}

function startDevice(server: MicrosoftServer, parameters: WireParameters): Response {
  const { client_id: clientId = "", scope } = parameters;
  if (clientId !== server.clientId) return entraError(unknownClient(clientId), server.now());
  const userCode = randomFrom("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 9);
  const deviceCode = randomBase64Url(120);
  const interval = server.switches.deviceInterval;
  const device = { deviceCode, userCode, scopes: delimitedList(scope) };
  server.devices.add(device, LIFETIME_SECONDS, interval);
  const page = server.origin + DEVICE_PAGE_PATH;
  return jsonReply({
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: page,
    expires_in: LIFETIME_SECONDS,
    interval,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
  });
}

/** Answers one poll of a device. A denial is `authorization_declined`; polls that are too fast are pending. */
export function exchangeDeviceCode(
  server: MicrosoftServer,
  tenant: string,
  parameters: WireParameters,
): Response | Promise<Response> {
  if (parameters["client_id"] !== server.clientId) {
    return entraError(unknownClient(parameters["client_id"] ?? ""), server.now());
  }
  // MSAL sends both names.
  const result = server.devices.poll(parameters["device_code"] ?? parameters["code"]);
  if (result.state === "approved") {
    const user = accountAt(tenant, result.grant.user);
    return tokenReply(server, { ...result.grant, user }, parameters);
  }
  return entraError(POLL_ERRORS[result.state], server.now());
}

const PENDING = {
  error: "authorization_pending",
  code: 70016,
  text: "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
};

const POLL_ERRORS = {
  pending: PENDING,
  "slow-down": PENDING,
  denied: { error: "authorization_declined", code: 70018, text: "The user declined the request." },
  expired: { error: "expired_token", code: 70020, text: "The provided device code has expired." },
  unknown: {
    error: "bad_verification_code",
    code: 70019,
    text: "Verification code expired or unknown.",
  },
} as const;
