import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";
import type { DeviceAuthorizationRecord } from "./device-authorization.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { type DeviceTokenOptions, pollForUser } from "./poll-for-user.ts";
import { explainSpentCode } from "./spent-code.ts";
import { requestTokens } from "./token-endpoint.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * Waits until the user has decided on another device (RFC 8628 §3.4). Polls at the provider's interval, and slower when
 * the provider asks for it or cannot be reached.
 */
export async function pollForDeviceToken(
  context: ClientContext,
  device: DeviceAuthorizationRecord,
  options: DeviceTokenOptions,
): Promise<Token> {
  const { provider, clock } = context;
  const { signal } = options;
  const polling = { provider: provider.name, clock };
  const granted = await pollForUser(polling, device, options, () =>
    requestTokens(context, {
      grant: GRANT,
      parameters: { device_code: device.deviceCode },
      secrets: [device.deviceCode],
      advice: { INVALID_GRANT: "Start again with fetchDeviceAuthorization()." },
      signal,
    }),
  );
  // The code is used: polling again would not help from here on.
  const { scope: requestedScope } = device;
  const details = { requestedScope, signal };
  const claims = await grantedClaims(context, granted, details).catch(explainSpentCode);
  return grantedToken(context, granted, { requestedScope, claims });
}
