import { isOAuthError, type OAuthErrorCode } from "@grantkit/core";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What an error page says. */
export interface ErrorText {
  readonly title: string;
  /** What happened, and what to do next. */
  readonly text: string;
  readonly code: string;
}

/** Thrown by a route, to end on a readable page. */
export class ErrorPage extends Error {
  readonly status: ContentfulStatusCode;
  readonly page: ErrorText;

  constructor(status: ContentfulStatusCode, page: ErrorText) {
    super(page.title);
    this.status = status;
    this.page = page;
  }
}

/** In plain words, for a person who clicked a button. */
const WORDS: Partial<Record<OAuthErrorCode, Omit<ErrorText, "code">>> = {
  ACCESS_DENIED: {
    title: "You denied access",
    text: "The provider did not tell the demo who you are, and nothing was stored. Start again to change your mind.",
  },
  INTERACTION_REQUIRED: {
    title: "The provider needs you to sign in",
    text: "It could not sign you in without asking. Sign in again and answer its questions.",
  },
  AUTHORIZATION_REQUEST_EXPIRED: {
    title: "The sign-in took too long",
    text: "A sign-in is valid for ten minutes, and this one is older. Start again.",
  },
  STATE_MISMATCH: {
    title: "This callback is not yours",
    text: "The callback does not belong to a sign-in that this browser started, so it was ignored. Start again.",
  },
  TOKEN_MISMATCH: {
    title: "This callback is not yours",
    text: "The callback is for another request token than this browser's, perhaps for another person's, so it was ignored. Start again.",
  },
  TOKEN_MISSING: {
    title: "This callback is not yours",
    text: "The callback has no request token that belongs to this browser, so it was ignored. Start again.",
  },
  ISSUER_MISMATCH: {
    title: "The callback came from another issuer",
    text: "It names another issuer than the provider where you signed in, so it was ignored.",
  },
  PROVIDER_MISMATCH: {
    title: "The callback came to the wrong address",
    text: "It belongs to a sign-in with another provider, so it was ignored. Start again.",
  },
  CALLBACK_INVALID: {
    title: "This is not a valid callback",
    text: "The address repeats parameters, or has parameters that do not belong there, so it was ignored.",
  },
  CODE_MISSING: {
    title: "The code is missing",
    text: "The provider sent you back without a code. Start again.",
  },
  INVALID_GRANT: {
    title: "The code does not work",
    text: "It has expired or was already used. Start again.",
  },
  DEVICE_CODE_EXPIRED: {
    title: "The code has expired",
    text: "Nobody entered it in time. Start again to get a new one.",
  },
  INVALID_CLIENT: {
    title: "The provider does not know this app",
    text: "Check the client ID and the client secret in the environment, and restart the demo.",
  },
};

/** The page for whatever a route threw. */
export function pageOf(error: unknown): ErrorPage {
  if (error instanceof ErrorPage) return error;
  if (!isOAuthError(error)) {
    return new ErrorPage(500, {
      title: "That should not have happened",
      text: "The demo failed; its log says why. Start again.",
      code: "INTERNAL",
    });
  }
  const words = WORDS[error.code] ?? {
    title: error.retryable ? "The provider is having trouble" : "Signing in did not work",
    text: error.message,
  };
  return new ErrorPage(error.retryable ? 502 : 400, { ...words, code: error.code });
}
