import {
  type ClientAuthenticationFunction,
  ConfigurationError,
  isOAuthError,
  OAuthError,
} from "@grantkit/core";

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Client authentication with a token of another identity provider that your app trusts (workload identity federation):
 * Kubernetes, GitHub Actions, or a managed identity. No secret and no certificate is needed.
 *
 * @param assertion - Gives the other provider's JWT. It is called by each token request: read the file, or ask the
 * provider, each time, because these tokens live for minutes. What it throws becomes `CLIENT_SECRET_UNAVAILABLE`, without
 * its message, which may have the token.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { federatedCredential, MicrosoftClient } from "@grantkit/provider-microsoft";
 *
 * // In Azure Kubernetes Service the cluster writes the token, and sets the variables.
 * export const microsoft = new MicrosoftClient({
 *   clientId: process.env["AZURE_CLIENT_ID"] ?? "",
 *   tenant: process.env["AZURE_TENANT_ID"] ?? "",
 *   clientAuthentication: federatedCredential(() =>
 *     readFile(process.env["AZURE_FEDERATED_TOKEN_FILE"] ?? "", "utf8"),
 *   ),
 * });
 * ```
 */
export function federatedCredential(
  assertion: () => string | Promise<string>,
): ClientAuthenticationFunction {
  if (typeof assertion !== "function") {
    throw new ConfigurationError("federatedCredential()", [
      "assertion must be a function that returns the other provider's token: the token itself expires",
    ]);
  }
  return async ({ clientId, form }) => {
    const jwt = await call(assertion);
    if (typeof jwt !== "string" || !JWT.test(jwt.trim())) {
      throw new ConfigurationError(
        "federatedCredential()",
        ["the function must return the other provider's token, a signed JWT"],
        "microsoft",
      );
    }
    form.set("client_id", clientId);
    form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form.set("client_assertion", jwt.trim());
  };
}

async function call(assertion: () => unknown): Promise<unknown> {
  try {
    return await assertion();
  } catch (error) {
    // Errors of core have no secret, and say more.
    if (isOAuthError(error)) throw error;
    throw new OAuthError(
      "CLIENT_SECRET_UNAVAILABLE",
      "The function of federatedCredential() threw an error, so nothing was sent. Log the error in the function: it is not shown here, because it may contain the token. The next request calls it again.",
      { provider: "microsoft", retryable: true },
    );
  }
}
