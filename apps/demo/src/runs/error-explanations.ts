import { idTokenAdvice } from "./id-token-advice.ts";
import { OAUTH1_EXPLANATIONS } from "./oauth1-explanations.ts";
import type { RunError } from "./run-error.ts";

/** What an error means, in words for somebody who does not know the SDK. */
export interface Explanation {
  readonly happened: string;
  /** What to do next; where undefined, the error's own message says it. */
  readonly next?: string;
}

const PROVIDER_DOWN =
  "Try again later. In an app, tell the user so, and keep what they were doing.";

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ...OAUTH1_EXPLANATIONS,
  STATE_MISMATCH: {
    happened:
      "Its state is not the one that this browser was sent away with. That is what a forged callback looks like (RFC 6749 §10.12), and also one that comes to another browser, or after the session cookie was lost.",
    next: "Start again in one browser. In an app, check that the session cookie survives the redirect: SameSite=Lax, and the same host for the sign-in and the callback.",
  },
  ISSUER_MISMATCH: {
    happened:
      "Its iss names another server than the one that the user was sent to: a mix-up attack, in which the code would go to the wrong token endpoint (RFC 9207).",
    next: "Start again. If it happens with every sign-in, compare the issuer in the provider's metadata with the one in the client's definition.",
  },
  PROVIDER_MISMATCH: {
    happened: "Its state belongs to a sign-in with another provider than its URL (RFC 9700 §4.4).",
    next: "Give each provider a redirect URI of its own, and register that one only.",
  },
  CALLBACK_INVALID: {
    happened: "Its URL has a parameter twice, or one that does not belong there (RFC 6749 §3.1).",
    next: "Start again. If it happens with every sign-in, look for a proxy or a script that rewrites the URL.",
  },
  CODE_MISSING: {
    happened: "It has neither an authorization code nor an error (RFC 6749 §4.1.2).",
    next: "Check that the redirect URI is the callback itself, and that nothing on the way drops the query.",
  },
  AUTHORIZATION_REQUEST_EXPIRED: {
    happened:
      "More than ten minutes passed between the start of the sign-in and its callback. The longer a request is good, the longer an attacker has.",
    next: "Start it again.",
  },
  ACCESS_DENIED: {
    happened: "The user said no, or an administrator's policy did (RFC 6749 §4.1.2.1).",
    next: "Ask for fewer scopes, or let the user try again. It is no failure of the app.",
  },
  INTERACTION_REQUIRED: {
    happened:
      "It could not go on without asking the user something: to sign in, to consent, or to give a second factor (OpenID Connect Core §3.1.2.6).",
    next: "Sign in without prompt=none. If the error has claims, send them along.",
  },
  INVALID_CLIENT: {
    happened:
      "The client ID, the client secret or the way in which the client authenticates is wrong (RFC 6749 §5.2).",
    next: "Compare the fields Client ID, Client secret and Client authentication, or the variables of the environment, with the provider's console. A secret that was rotated there is wrong here.",
  },
  INVALID_GRANT: {
    happened:
      "What the client handed in is expired, used, revoked, or belongs to another client, redirect URI or code verifier (RFC 6749 §5.2).",
    next: "Sign in again. In an app, use each code once, keep each refresh token that comes, and store each request in the session of its user.",
  },
  INVALID_SCOPE: {
    happened: "A scope is unknown, misspelt, or not allowed for this client (RFC 6749 §4.1.2.1).",
    next: "Correct the field Scopes.",
  },
  INVALID_REQUEST: {
    happened: "A parameter is missing, unknown, doubled or not well formed (RFC 6749 §5.2).",
    next: "Look at the request below, and at the fields under More options.",
  },
  UNAUTHORIZED_CLIENT: {
    happened: "The provider knows the client, and did not allow it this grant (RFC 6749 §5.2).",
    next: "Allow the grant in the provider's console, or choose another flow.",
  },
  UNSUPPORTED_GRANT_TYPE: {
    happened: "The token endpoint does not know the grant type (RFC 6749 §5.2).",
    next: "Choose another flow.",
  },
  ID_TOKEN_INVALID: {
    happened:
      "The provider's answer had an ID token that fails a check (OpenID Connect Core §3.1.3.7), so nobody knows who the user is.",
  },
  CLOCK_SKEW: {
    happened:
      "The ID token seems to be expired, or to come from the future, because this machine's clock and the provider's differ.",
    next: "Set the clock of the machine: with NTP, for example.",
  },
  KEY_SET_UNAVAILABLE: {
    happened: "Without its public keys (RFC 7517), no signature can be checked.",
    next: PROVIDER_DOWN,
  },
  TIMEOUT: {
    happened: "The server took the request, and did not answer within the client's time limit.",
    next: "Try again. A code or a refresh token that was on its way may be spent: then sign in again.",
  },
  NETWORK_ERROR: {
    happened: "There was no answer: the server cannot be reached, or it closed the connection.",
    next: "Check the URL, the network and the proxy. A code that was on its way may be spent.",
  },
  ECONNRESET: {
    happened: "There was no answer. A session's network errors are axios's own.",
    next: "Try again later.",
  },
  RESPONSE_TOO_LARGE: {
    happened: "The client stopped reading at its limit, so that no server can fill its memory.",
    next: "Check that the URL is the right one. For large answers of an API, raise maxContentLength.",
  },
  TOKEN_RESPONSE_INVALID: {
    happened: "The token endpoint's answer is not what RFC 6749 §5.1 describes.",
    next: "Check that the token endpoint's URL is the right one, and that no proxy answers in its place.",
  },
  SERVER_ERROR: {
    happened: "It answered with a 5xx status, or with server_error (RFC 6749 §4.1.2.1).",
    next: PROVIDER_DOWN,
  },
  TEMPORARILY_UNAVAILABLE: {
    happened: "It asked to come back later (RFC 6749 §4.1.2.1).",
    next: PROVIDER_DOWN,
  },
  RATE_LIMITED: {
    happened: "It answered 429: too many requests (RFC 6585 §4).",
    next: "Wait for the seconds in retryAfter, if the error has them; then start again.",
  },
  REFRESH_TOKEN_MISSING: {
    happened: "The token cannot be renewed: the provider gave no refresh token with it.",
    next: "Ask for it (offline_access, or access_type=offline at Google), and sign in again.",
  },
  TOKEN_EXPIRED: {
    happened: "It is past its time, and cannot be renewed.",
    next: "Sign in again.",
  },
  SESSION_ENDED: {
    happened: "The token was revoked, or its refresh token was refused.",
    next: "Sign in again.",
  },
  TOKEN_INVALID: {
    happened: "The client refused the call, because the token or its place does not fit it.",
    next: "Choose another place in the field Token in the.",
  },
  INSECURE_HTTP: {
    happened: "Secrets do not go over http, except to this machine.",
    next: "Use the https address.",
  },
  DEVICE_CODE_EXPIRED: {
    happened: "Nobody entered it in time (RFC 8628 §3.5).",
    next: "Start again to get a new code.",
  },
};

/** Explains an error of a run at a provider; undefined for one whose message says it all. */
export function explanationOf(
  error: RunError,
  { title }: { readonly title: string },
): Explanation | undefined {
  const { code, status } = error;
  if (status !== undefined) return apiExplanation(status);
  const explanation = Object.hasOwn(EXPLANATIONS, code) ? EXPLANATIONS[code] : undefined;
  return explanation && code === "ID_TOKEN_INVALID"
    ? { ...explanation, next: idTokenAdvice(error, title) }
    : explanation;
}

/** Explains an API's answer that is no success. */
function apiExplanation(status: number): Explanation {
  if (status === 401) {
    return {
      happened: "The token is expired, revoked, or not for this API (RFC 6750 §3.1).",
      next: "Sign in again.",
    };
  }
  if (status === 429) {
    return {
      happened: "It answered 429: too many requests (RFC 6585 §4).",
      next: "Wait for the seconds in retryAfter, if the error has them.",
    };
  }
  if (status >= 500) {
    return {
      happened: `It answered ${status}.`,
      next: PROVIDER_DOWN,
    };
  }
  return {
    happened: `It answered ${status}. An API's errors are its own: the answer below says why.`,
    next:
      status === 403
        ? "Ask for the scope or the permission that it names, or wait if it throttles."
        : "Correct the path or the parameters.",
  };
}
