import type { OAuth2ClientOptions } from "@grantkit/core";
import { GoogleServiceAccount, type ServiceAccountKeyFile } from "@grantkit/provider-google";
import type { Target } from "./target.ts";

/** An emulator that may have service accounts. */
export interface HasServiceAccounts {
  readonly endpoints: object;
  /** Makes a service account, and returns its key file. */
  readonly createServiceAccount?: () => Promise<ServiceAccountKeyFile>;
}

/** Makes service accounts of the emulator, or of the key file that the person typed in. */
export function serviceAccounts(
  shared: Pick<OAuth2ClientOptions, "http" | "clock">,
  emulator: HasServiceAccounts | undefined,
): NonNullable<Target["serviceAccount"]> {
  let made: Promise<ServiceAccountKeyFile> | undefined;
  return async (file) => {
    if (file === undefined) made ??= emulator?.createServiceAccount?.();
    return new GoogleServiceAccount({
      ...shared,
      key: file ?? (await made),
      ...(emulator && { endpoints: emulator.endpoints }),
    });
  };
}
