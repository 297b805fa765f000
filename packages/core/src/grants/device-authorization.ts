import type { ClientContext } from "../client-context.ts";
import { type GrantOptions, grantParameters } from "./grant-parameters.ts";
import { askEndpoint, type EndpointAnswer } from "../endpoints/authenticated-endpoint.ts";
import { type NamedEndpoint, unusable } from "../endpoints/endpoint-errors.ts";
import { lifetime } from "../tokens/field-reader.ts";

/** A device flow that has begun. Plain JSON: show the user the code and the address, and wait. */
export interface DeviceAuthorization {
  /** What the app asks with; keep it to yourself. */
  readonly deviceCode: string;
  /** What the user types in. */
  readonly userCode: string;
  /** Where the user types it in. */
  readonly verificationUri: string;
  /** The same with the code in it, for a QR code; not every provider has one. */
  readonly verificationUriComplete?: string;
  /** When the code ends, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds between two questions, at least. */
  readonly interval: number;
  /** What was asked for. */
  readonly scope: readonly string[];
}

const DEFAULT_INTERVAL = 5;
const LONGEST_INTERVAL = 300;
const LONGEST_LIFETIME = 86_400;

/** Begins a device flow (RFC 8628 §3.1). */
export async function requestDeviceAuthorization(
  context: ClientContext,
  options: GrantOptions,
): Promise<DeviceAuthorization> {
  const { scope = context.provider.defaultScope } = options ?? {};
  const parameters = grantParameters(context, "fetchDeviceAuthorization()", { ...options, scope });
  return askEndpoint(
    context,
    { kind: "deviceAuthorization", parameters, secrets: [], signal: options.signal },
    (answer, endpoint) => ({ ...readDevice(answer, endpoint), scope: [...scope] }),
  );
}

function readDevice(
  answer: EndpointAnswer,
  endpoint: NamedEndpoint,
): Omit<DeviceAuthorization, "scope"> {
  const { body, receivedAt } = answer;
  const bad = (field: string, reason: string): never => {
    throw unusable(endpoint, `${field} ${reason}`, field, answer);
  };
  const text = (field: string): string => {
    const value = body[field];
    return typeof value === "string" && /^[\x20-\x7e]{1,2048}$/.test(value)
      ? value
      : bad(field, "is missing or no text");
  };
  // Before the RFC had its name for it, and at some providers still.
  const isOld = body["verification_uri"] === undefined && body["verification_url"] !== undefined;
  const address = isOld ? "verification_url" : "verification_uri";
  const complete = `${address}_complete`;
  const expiresIn =
    lifetime(body["expires_in"], LONGEST_LIFETIME) ??
    bad("expires_in", "is not a number of seconds");
  return {
    deviceCode: text("device_code"),
    userCode: text("user_code"),
    verificationUri: isPage(text(address)) ? text(address) : bad(address, "is no web address"),
    ...(typeof body[complete] === "string" &&
      isPage(body[complete]) && { verificationUriComplete: body[complete] }),
    expiresAt: receivedAt + expiresIn * 1000,
    interval: lifetime(body["interval"], LONGEST_INTERVAL) || DEFAULT_INTERVAL,
  };
}

/** Whether users can be sent there: nothing but a web address is opened. */
function isPage(address: string): boolean {
  return /^https?:\/\//i.test(address) && URL.canParse(address);
}
