import {
  ConfigurationError,
  type DeviceAuthorization,
  type DeviceAuthorizationRecord,
  type DeviceTokenOptions,
  type GrantOptions,
  type OAuth2Client,
  type OAuth2Session,
  Token,
} from "@grantkit/core";
import {
  isObject,
  mustBeListOf,
  mustBeSignal,
  optionProblems,
  pollForUser,
} from "@grantkit/core/requests";
import type { FacebookApp } from "./client-options.ts";
import { callGraph, secondsOf, textOf, unusableAnswer } from "./graph-call.ts";

/** The options of a device login. */
export type DeviceLoginOptions = Pick<GrantOptions, "scope" | "signal">;

const START = "start a device login";
const RULES = {
  scope: mustBeListOf("permissions", "be a permission", (name) => /^[\w.]+$/.test(String(name))),
  signal: mustBeSignal,
};

type Client = Pick<OAuth2Client, "session" | "provider">;

/** Makes the session of a device login: its token is the app's ID and client token, in the form. */
function deviceSession(client: Client, { appId, clientToken }: FacebookApp): OAuth2Session {
  if (clientToken === undefined) {
    const problem = "clientToken is missing: copy it from the app's settings, Advanced, Security";
    throw new ConfigurationError("The device login", [problem], "facebook");
  }
  const accessToken = `${appId}|${clientToken}`;
  return client.session({ accessToken }, { refresh: "manual", tokenPlacement: "body" });
}

/** Starts a device login, which does not follow RFC 8628. */
export async function startDeviceLogin(
  client: Client,
  app: FacebookApp,
  options: DeviceLoginOptions,
): Promise<DeviceAuthorization> {
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) {
    throw new ConfigurationError("fetchDeviceAuthorization()", problems, "facebook");
  }
  const session = deviceSession(client, app);
  const { scope = client.provider.defaultScope, signal } = options;
  const fields = await post(session, START, "/device/login", { scope: scope.join(",") }, signal);
  const expiresIn = secondsOf(fields["expires_in"]) ?? 0;
  const device = {
    deviceCode: textOf(fields["code"]) ?? "",
    userCode: textOf(fields["user_code"]) ?? "",
    verificationUri: pageOf(fields["verification_uri"]) ?? "",
    expiresAt: new Date(app.clock.now() + expiresIn * 1000),
    interval: secondsOf(fields["interval"]) ?? 5,
    scope: [...scope],
  };
  if (expiresIn === 0 || Object.values(device).includes("")) throw unusableAnswer(START);
  return device;
}

/** Reads the address of a page; undefined for anything else. */
function pageOf(value: unknown): string | undefined {
  const address = textOf(value);
  return address && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined;
}

/** Waits until the user has decided on another device. */
export async function finishDeviceLogin(
  client: Client,
  app: FacebookApp,
  device: DeviceAuthorizationRecord,
  options: DeviceTokenOptions,
): Promise<Token> {
  const what = "finish a device login";
  const { clock } = app;
  const session = deviceSession(client, app);
  return await pollForUser({ provider: "facebook", clock }, device, options, async () => {
    const form = { code: device.deviceCode };
    const fields = await post(session, what, "/device/login_status", form, options.signal);
    const { access_token: accessToken, ...raw } = fields;
    if (typeof accessToken !== "string" || accessToken === "") throw unusableAnswer(what);
    const expiresIn = secondsOf(raw["expires_in"]);
    const issuedAt = clock.now();
    const { scope } = device;
    return Token.from({
      accessToken,
      issuedAt,
      expiresAt: expiresIn === undefined ? undefined : issuedAt + expiresIn * 1000,
      scope,
      requestedScope: scope,
      raw,
    });
  });
}

function post(
  session: OAuth2Session,
  what: string,
  path: string,
  form: Record<string, string>,
  signal: AbortSignal | undefined,
) {
  const body = new URLSearchParams(form);
  return callGraph(session, what, path, {
    method: "POST",
    body,
    ...(isObject(signal) && { signal }),
  });
}
