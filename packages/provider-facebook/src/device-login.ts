import {
  ConfigurationError,
  type DeviceAuthorization,
  type DeviceAuthorizationRecord,
  type DeviceTokenOptions,
  type GrantOptions,
  type OAuth2Client,
  Token,
} from "@grantkit/core";
import {
  type ApiCallAnswer,
  clientIdOf,
  clockOf,
  mustBeListOf,
  mustBeSignal,
  optionProblems,
  pollForUser,
  readId,
  readText,
  throwProblems,
} from "@grantkit/core/requests";
import { callGraph, readSeconds } from "./graph-call.ts";

/** The options of a device login. */
export type DeviceLoginOptions = Pick<GrantOptions, "scope" | "signal">;

const RULES = {
  scope: mustBeListOf("permissions", "be a permission", (name) => /^[\w.]+$/.test(String(name))),
  signal: mustBeSignal,
};

/** Starts a device login, which does not follow RFC 8628. */
export async function startDeviceLogin(
  client: OAuth2Client,
  clientToken: string | undefined,
  options: DeviceLoginOptions,
): Promise<DeviceAuthorization> {
  throwProblems("fetchDeviceAuthorization()", optionProblems(options, RULES), "facebook");
  const { scope = client.provider.defaultScope, signal } = options;
  const form = { scope: scope.join(",") };
  const { fields, unusable } = await post(client, clientToken, "/device/login", form, signal);
  const answer = fields();
  const expiresIn = readSeconds(answer["expires_in"]) ?? 0;
  const device = {
    deviceCode: readId(answer["code"]) ?? "",
    userCode: readId(answer["user_code"]) ?? "",
    verificationUri: pageOf(answer["verification_uri"]) ?? "",
    expiresAt: new Date(clockOf(client).now() + expiresIn * 1000),
    interval: readSeconds(answer["interval"]) ?? 5,
    scope: [...scope],
  };
  if (expiresIn === 0 || Object.values(device).includes("")) throw unusable();
  return device;
}

/** Reads the address of a page; undefined for anything else. */
function pageOf(value: unknown): string | undefined {
  const address = readText(value);
  return address && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined;
}

/** Waits until the user has decided on another device. */
export async function finishDeviceLogin(
  client: OAuth2Client,
  clientToken: string | undefined,
  device: DeviceAuthorizationRecord,
  options: DeviceTokenOptions,
): Promise<Token> {
  const clock = clockOf(client);
  const { signal } = options;
  return await pollForUser({ provider: "facebook", clock }, device, options, async () => {
    const { deviceCode: code, scope } = device;
    const answer = await post(client, clientToken, "/device/login_status", { code }, signal);
    const { access_token: given, ...raw } = answer.fields();
    const accessToken = readText(given);
    if (accessToken === undefined) throw answer.unusable();
    const issuedAt = clock.now();
    const expiresIn = readSeconds(raw["expires_in"]);
    const expiresAt = expiresIn && issuedAt + expiresIn * 1000;
    return Token.from({ accessToken, issuedAt, expiresAt, scope, requestedScope: scope, raw });
  });
}

/** Sends a request of a device login: its token is the app's ID and client token, in the form. */
async function post(
  client: OAuth2Client,
  clientToken: string | undefined,
  url: string,
  form: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<ApiCallAnswer> {
  if (clientToken === undefined) {
    const problem = "clientToken is missing: copy it from the app's settings, Advanced, Security";
    throw new ConfigurationError("The device login", [problem], "facebook");
  }
  const accessToken = `${clientIdOf(client)}|${clientToken}`;
  const session = client.session({ accessToken }, { refresh: "manual", tokenPlacement: "body" });
  const body = new URLSearchParams(form);
  return callGraph(session, { method: "POST", url, body, signal, what: "the device login" });
}
