import { publishWarning } from "../diagnostics.ts";
import type { BadField } from "../tokens/field-reader.ts";

/** What a token is without a field. */
const WITHOUT: Readonly<Record<string, string>> = {
  expires_in: "The token's lifetime is unknown: it is used until the API refuses it.",
  refresh_token_expires_in: "When the refresh token expires is unknown.",
  refresh_token: "The earlier refresh token is kept.",
  scope: "The earlier scope is kept.",
  token_type: "The token is used with the usual token type.",
  id_token: "The earlier ID token is kept.",
};

/**
 * Reports fields of a token response that were ignored.
 *
 * @param redact - Removes secrets from a text.
 */
export function reportIgnored(
  provider: string,
  ignored: readonly BadField[],
  redact: (text: string) => string = (text) => text,
): void {
  for (const { field, reason } of ignored) {
    const message = `The token response of ${provider} was accepted, though its ${field} ${redact(reason)}. ${WITHOUT[field] ?? ""}`;
    publishWarning(provider, { code: "TOKEN_RESPONSE_INVALID", message, details: { field } });
  }
}
