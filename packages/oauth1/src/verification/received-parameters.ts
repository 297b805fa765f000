import { malformed } from "../errors.ts";
import { type Parameter, parseForm } from "../signing/parameters.ts";

/** How many parameters each place of a request may have: anybody can send some, and they have to be sorted. */
const MOST_PARAMETERS = 10_000;

/**
 * Decodes the parameters of a received query or form.
 *
 * @throws OAuthError with code `INVALID_REQUEST` if it cannot be decoded, or has too many parameters.
 */
export function receivedParameters(text: string, place: "query" | "form"): Parameter[] {
  let count = 1;
  // Counted before they are decoded.
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", at + 1)) {
    count += 1;
    checkCount(count, place);
  }
  const parameters = parseForm(text);
  if (!parameters) throw malformed(`its ${place} cannot be decoded`);
  return parameters;
}

/** @throws OAuthError with code `INVALID_REQUEST` for more parameters than a request may have. */
export function checkCount(count: number, place: "query" | "form" | "Authorization header"): void {
  if (count > MOST_PARAMETERS) throw malformed(`its ${place} has more than 10,000 parameters`);
}
