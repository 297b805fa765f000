import { plainDetails } from "../errors/error-fields.ts";
import type { ProviderErrorBody } from "../errors/provider-error.ts";
import { isObject } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Provider } from "../provider.ts";
import { readForeignError } from "./foreign-error.ts";

/** Fields of success responses: beside one of them, an odd `error` is not one. */
const PAYLOAD = ["access_token", "active", "device_code", "request_uri", "sub"];

/**
 * Reads an error response with the provider's own `readError`, or by RFC 6749 §5.2, where any string `error` counts, or in
 * another format. Every response is asked, whatever its status: some providers send errors with status 200.
 *
 * @param given - The parsed body, of whatever type.
 * @returns undefined for a response that is not an error.
 */
export function readErrorResponse(
  provider: Provider,
  given: unknown,
  status: number = 200,
): ProviderErrorBody | undefined {
  const isFailure = status >= 400;
  if (!isObject(given) || Array.isArray(given)) {
    return isFailure ? readForeignError(given, status) : undefined;
  }
  const body = ownFields(given);
  const own = provider.readError?.(body);
  if (own) return own;
  const standard = readStandardError(body);
  if (standard) return standard;
  const isForeign = isFailure || isOddError(body);
  return isForeign ? readForeignError(body, status) : undefined;
}

function readStandardError(body: Readonly<Record<string, unknown>>): ProviderErrorBody | undefined {
  const { error, error_description: description, error_uri: uri, ...rest } = body;
  if (typeof error !== "string" || error === "") return undefined;
  const explained = typeof description === "string";
  return {
    error,
    errorDescription: explained ? description : undefined,
    errorUri: typeof uri === "string" ? uri : undefined,
    details: plainDetails(
      Object.entries(explained ? rest : { ...rest, error_description: description }),
    ),
  };
}

/** Whether a success response is an error in another format: it has one, and nothing of what was asked for. */
function isOddError(body: Readonly<Record<string, unknown>>): boolean {
  if (PAYLOAD.some((name) => body[name] !== undefined)) return false;
  const { error, errors } = body;
  return [error, errors].some((each) =>
    isObject(each)
      ? Object.keys(each).length > 0
      : typeof each === "number"
        ? each !== 0
        : each === true,
  );
}
