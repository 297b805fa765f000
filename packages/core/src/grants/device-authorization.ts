import type { ClientContext } from "../client-context.ts";
import { askEndpoint, type EndpointAnswer } from "../endpoints/authenticated-endpoint.ts";
import { readSeconds } from "../options/read-fields.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "./grant-parameters.ts";

/**
 * A started device flow: show the user the code and the address, and wait. `JSON.stringify` stores it, and
 * `fetchDeviceToken()` takes what `JSON.parse` reads.
 */
export interface DeviceAuthorization {
  /** The device code, which the app polls with; keep it secret. */
  readonly deviceCode: string;
  /** The code that the user enters. */
  readonly userCode: string;
  /** The address where the user enters it. */
  readonly verificationUri: string;
  /** The address with the code in it, for a QR code; not every provider has one. */
  readonly verificationUriComplete?: string;
  /** When the codes expire. */
  readonly expiresAt: Date;
  /** The shortest time between two polls, in seconds. */
  readonly interval: number;
  /** The requested scopes. */
  readonly scope: readonly string[];
}

/** A device flow as it was given or stored. */
export interface DeviceAuthorizationRecord extends Omit<DeviceAuthorization, "expiresAt"> {
  /** When the codes expire: a date, its ISO 8601 form, or seconds (below 1e11) or milliseconds since the epoch. */
  readonly expiresAt: Date | string | number;
}

/** Seconds (RFC 8628 §3.2), as all times here. */
const DEFAULT_INTERVAL = 5;
const LONGEST_INTERVAL = 300;
const LONGEST_LIFETIME = 86_400;

/** Starts a device flow (RFC 8628 §3.1). */
export async function requestDeviceAuthorization(
  context: ClientContext,
  options: GrantOptions,
): Promise<DeviceAuthorization> {
  const { scope = context.provider.defaultScope } = options ?? {};
  const parameters = grantParameters(
    context,
    "fetchDeviceAuthorization()",
    { ...options, scope },
    GRANT_RULES,
    context.idTokens.scopeProblems(scope),
  );
  return askEndpoint(
    context,
    {
      kind: "deviceAuthorization",
      parameters,
      secrets: [],
      signal: options.signal,
      repeatable: true,
    },
    (answer) => ({ ...readDevice(answer), scope: [...scope] }),
  );
}

function readDevice(answer: EndpointAnswer): Omit<DeviceAuthorization, "scope"> {
  const { body, receivedAt } = answer;
  const refuse = (field: string, reason: string): never => {
    throw answer.unusable(field, reason);
  };
  const text = (field: string): string => {
    const value = body[field];
    return typeof value === "string" && /^[\x20-\x7e]{1,2048}$/.test(value)
      ? value
      : refuse(field, "is missing or not a text");
  };
  // The field's name before the RFC, and at some providers still.
  const isOld = body["verification_uri"] === undefined && body["verification_url"] !== undefined;
  const address = isOld ? "verification_url" : "verification_uri";
  const complete = body[`${address}_complete`];
  const expiresIn =
    readSeconds(body["expires_in"], LONGEST_LIFETIME) ??
    refuse("expires_in", "is not a number of seconds");
  return {
    deviceCode: text("device_code"),
    userCode: text("user_code"),
    verificationUri: isPage(text(address))
      ? text(address)
      : refuse(address, "is not a web address"),
    ...(isPage(complete) && { verificationUriComplete: complete }),
    expiresAt: new Date(receivedAt + expiresIn * 1000),
    interval: readSeconds(body["interval"], LONGEST_INTERVAL) || DEFAULT_INTERVAL,
  };
}

/** Whether an address can be opened for users: no other scheme than http and https. */
function isPage(address: unknown): address is string {
  return typeof address === "string" && /^https?:\/\//i.test(address) && URL.canParse(address);
}
