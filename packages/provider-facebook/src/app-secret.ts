import { ConfigurationError } from "@grantkit/core";
import { clientSecretOf } from "@grantkit/core/requests";

/** @throws ConfigurationError that names the call, for a client without a secret. */
export async function appSecretOf(client: object, call: string): Promise<string> {
  const secret = await clientSecretOf(client);
  if (secret !== undefined) return secret;
  const problem = "clientSecret is missing: it needs the app secret";
  throw new ConfigurationError(call, [problem], "facebook");
}
