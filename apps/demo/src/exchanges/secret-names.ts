/** Names of secrets that their last word does not give away. */
const NAMES = new Set([
  "appsecret_proof",
  "assertion",
  "auth_code",
  "authorization",
  "authorization_code",
  "client_assertion",
  "code",
  "cookie",
  // OAuth 1.0a: the request token that the user denied.
  "denied",
  "device_code",
  "id_token_hint",
  "nonce",
  "oauth_session_handle",
  "proxy_authorization",
  "session_id",
  "set_cookie",
  "sid",
  "signed_request",
  "state",
]);

const LAST_WORDS = /(?:tokens?|secrets?|passwords?|passwd|verifier|(?:api|private|session)_?key)$/;

/** Whether a parameter, a JSON field or a header of this name is a secret, however the name is spelled. */
export function isSecretName(name: string): boolean {
  const words = decoded(name)
    // `data[accessToken]` is the access token in `data`.
    .replace(/\W+$/, "")
    .replace(/^.*[^\w-]/s, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase();
  return NAMES.has(words) || LAST_WORDS.test(words);
}

/** Decodes percent-encoding; text that is not encoded right stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
