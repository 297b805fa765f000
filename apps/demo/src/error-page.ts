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
    title: "You said no",
    text: "The provider was not allowed to tell us who you are. Nothing was stored. You can change your mind.",
  },
  INTERACTION_REQUIRED: {
    title: "The provider wants to see you",
    text: "It could not sign you in silently. Sign in again and answer its questions.",
  },
  AUTHORIZATION_REQUEST_EXPIRED: {
    title: "That took too long",
    text: "A sign-in is good for ten minutes, and this one is older. Start again.",
  },
  STATE_MISMATCH: {
    title: "This answer is not yours",
    text: "The callback does not belong to a sign-in that this browser began. It was ignored. Start again from here.",
  },
  TOKEN_MISMATCH: {
    title: "This answer is not yours",
    text: "The callback is for another request token than this browser's: perhaps somebody passed theirs on. It was ignored. Start again from here.",
  },
  TOKEN_MISSING: {
    title: "This answer is not yours",
    text: "The callback names no request token that this browser waits for. It was ignored. Start again from here.",
  },
  ISSUER_MISMATCH: {
    title: "The answer came from somebody else",
    text: "It names another issuer than the provider that you went to. It was ignored.",
  },
  PROVIDER_MISMATCH: {
    title: "The answer came to the wrong door",
    text: "It belongs to a sign-in with another provider. It was ignored. Start again.",
  },
  CALLBACK_INVALID: {
    title: "That is no callback",
    text: "The address has parameters twice, or ones that do not belong there. It was ignored.",
  },
  CODE_MISSING: {
    title: "The code is missing",
    text: "The provider sent you back without a code. Start again.",
  },
  INVALID_GRANT: {
    title: "The code does not work",
    text: "It has expired or was used before. Start again.",
  },
  DEVICE_CODE_EXPIRED: {
    title: "The code has ended",
    text: "Nobody entered it in time. Start again for a new one.",
  },
  INVALID_CLIENT: {
    title: "The provider does not know this app",
    text: "Check the client ID and the client secret in the environment, and start the demo again.",
  },
};

/** The page for whatever a route threw. */
export function pageOf(error: unknown): ErrorPage {
  if (error instanceof ErrorPage) return error;
  if (!isOAuthError(error)) {
    return new ErrorPage(500, {
      title: "That should not have happened",
      text: "The demo failed, and its log says why. Start again.",
      code: "INTERNAL",
    });
  }
  const words = WORDS[error.code] ?? {
    title: error.retryable ? "The provider is having trouble" : "Signing in did not work",
    text: error.message,
  };
  return new ErrorPage(error.retryable ? 502 : 400, { ...words, code: error.code });
}
