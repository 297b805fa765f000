import { deviceCodePage } from "../consent/device-page.ts";
import type { WaitingDevice } from "../oauth/device-codes.ts";
import { randomAlphanumeric, randomFrom } from "../oauth/random-text.ts";
import { jsonReply } from "../oauth/replies.ts";
import { bodyParameters, delimitedList, queryParameters } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import { oauthError } from "./errors.ts";
import { isDeviceScope, scopeMeaning, toldScopes } from "./scopes.ts";
import { tokenReply } from "./token-reply.ts";
import type { GoogleServer } from "./server.ts";

/** Where a person types the user code. */
export const DEVICE_PAGE_PATH = "/device";

const LIFETIME_SECONDS = 1800;

/** Serves the device endpoint and the page for its user. */
export function serveDeviceFlow(server: GoogleServer): void {
  const { app, theme, devices } = server;
  app.post("/device/code", (c) => startDevice(server, bodyParameters(c)));
  app.get(DEVICE_PAGE_PATH, () => deviceCodePage(theme, DEVICE_PAGE_PATH));
  app.post(DEVICE_PAGE_PATH, (c) => {
    const { user_code: userCode = "" } = { ...queryParameters(c), ...bodyParameters(c) };
    const device = devices.waiting(userCode.trim());
    return device === undefined
      ? deviceCodePage(theme, DEVICE_PAGE_PATH, "No device waits with this code.")
      : askUser(server, device);
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
  server.devices.keep({ deviceCode, userCode, scopes }, LIFETIME_SECONDS, interval);
  return jsonReply({
    device_code: deviceCode,
    user_code: userCode,
    // Not RFC 8628's verification_uri.
    // https://developers.google.com/identity/protocols/oauth2/limited-input-device#success-response
    verification_url: server.origin + DEVICE_PAGE_PATH,
    expires_in: LIFETIME_SECONDS,
    interval,
  });
}

function askUser(server: GoogleServer, device: WaitingDevice): Promise<Response> {
  const people = server.users.map(({ sub, name, email, picture = "" }) => ({
    id: sub,
    name,
    detail: email,
    picture,
  }));
  const scopes = device.scopes.map((name) => ({
    name,
    meaning: scopeMeaning(name),
    optional: false,
  }));
  const selected = server.users[0]?.sub ?? "";
  const question = { application: server.applicationName, people, selected, scopes };
  return server.desk.ask(question, ({ allowed, userId }) => {
    const user = server.findUser(userId);
    const granted = allowed && user !== undefined;
    const told = toldScopes(device.scopes);
    if (granted) server.grants.add(user.sub, told);
    server.devices.decide(device.deviceCode, granted ? { user, scopes: told } : undefined);
    return server.desk.say(
      granted
        ? { title: "Device connected", text: "You may close this page and go on at the device." }
        : { title: "Access denied", text: "The device gets no access." },
      200,
    );
  });
}

/** One poll of a device. Waiting is told with HTTP 428, too fast and denied with 403. */
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
