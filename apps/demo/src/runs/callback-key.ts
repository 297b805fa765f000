/** Reads what tells which sign-in a callback belongs to: the state, or the request token of OAuth 1.0a; "" if it has neither. */
export function callbackKey(parameters: URLSearchParams): string {
  const keys = ["state", "oauth_token", "denied"].map((name) => parameters.get(name));
  return keys.find((key) => key) ?? "";
}
