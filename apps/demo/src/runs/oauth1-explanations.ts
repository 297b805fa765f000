import type { Explanation } from "./error-explanations.ts";

/** What the errors of OAuth 1.0a mean. */
export const OAUTH1_EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  TOKEN_MISMATCH: {
    happened:
      "It has another request token than this browser was sent away with. That is what session fixation looks like: somebody sends you the callback of their own account (OAuth 1.0 Revision A).",
    next: "Start again in one browser. In an app, keep one request token for each sign-in, in the session of its user.",
  },
  TOKEN_MISSING: {
    happened: "The callback has no request token, or the token has no session handle.",
    next: "Start the sign-in again.",
  },
  VERIFIER_MISSING: {
    happened:
      "It has no oauth_verifier, which proves that the user came back with this request token (RFC 5849 §2.2).",
    next: "Check that the provider speaks OAuth 1.0a, and that nothing on the way drops the query.",
  },
  CALLBACK_NOT_CONFIRMED: {
    happened:
      "Its answer had no oauth_callback_confirmed=true, so that it may speak OAuth 1.0 before revision A, where anybody could send a user to a sign-in of their own (RFC 5849 §2.1).",
    next: "Ask the provider for OAuth 1.0a, or for OAuth 2.0.",
  },
  TOKEN_REQUEST_DENIED: {
    happened:
      "It gave no token. With a status below 500 it refused the signature, the app, the verifier or the user's decision (RFC 5849 §2.3). From 500 on it failed itself.",
    next: "If the error is retryable, try again. Otherwise its details have the provider's oauth_problem, if it sent one.",
  },
  REQUEST_UNSIGNABLE: {
    happened: "The signature would go into a form, and the request has none (RFC 5849 §3.5.2).",
    next: "Put the signature into the header or the query.",
  },
  TIMESTAMP_REFUSED: {
    happened:
      "Its form and its signature method are good. The check that failed is that of the timestamp (RFC 5849 §3.3); client, signature and nonce were not checked.",
    next: "Send the request again, or set the clock.",
  },
  SIGNATURE_INVALID: {
    happened:
      "Form, signature method and timestamp are good. The check that failed is that of the client, the token, the signature or the body hash: receivers do not say which, so that nobody can search for clients (RFC 5849 §3.2).",
    next: "Compare both secrets, and look for what changed the URL or the body on the way: a proxy, or another encoding.",
  },
  NONCE_USED: {
    happened:
      "Form, signature method, timestamp, client and signature are good. The check that failed is the last one: the nonce was used before (RFC 5849 §3.3).",
    next: "Sign each request anew, also when you send it again.",
  },
};
