/** Flows that end with a callback and a code. */
export const SIGN_IN: readonly string[] = ["authorization-code"];

/** Flows in which an ID token arrives. */
export const ID_TOKENS: readonly string[] = [...SIGN_IN, "implicit"];

/** Flows that send a request to the token endpoint. */
export const TOKEN_REQUESTS: readonly string[] = [
  ...SIGN_IN,
  "client-credentials",
  "password",
  "refresh",
  "jwt-bearer",
  "token-exchange",
];

/** Flows whose token request spends nothing, so that a client may send it again. */
export const RETRIED_TOKEN_REQUESTS: readonly string[] = ["client-credentials"];

/** Flows that call the API with a token. */
export const API_CALLS: readonly string[] = ["api-call"];

/** Flows that renew a token. */
export const REFRESH: readonly string[] = ["refresh"];
