import { plainDetails, type ProviderErrorBody } from "../errors/provider-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";

/**
 * Reads an error response with the provider's own `readError`, or by RFC 6749 §5.2, where any string `error` counts.
 * Every response is asked, whatever its status: some providers send errors with status 200.
 *
 * @returns undefined for a response that is not an error.
 */
export function readErrorResponse(
  provider: Provider,
  body: Readonly<Record<string, unknown>>,
): ProviderErrorBody | undefined {
  const own = provider.readError?.(body);
  if (own) return own;
  const { error, error_description: description, error_uri: uri, ...rest } = ownFields(body);
  if (typeof error !== "string" || error === "") return undefined;
  return {
    error,
    errorDescription: typeof description === "string" ? description : undefined,
    errorUri: typeof uri === "string" ? uri : undefined,
    details: plainDetails(Object.entries(rest)),
  };
}
