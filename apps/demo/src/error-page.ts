import { isOAuthError, type OAuthErrorCode } from "@grantkit/core";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Exchange } from "./exchanges/exchange-log.ts";
import { page, type Piece } from "./pages/layout.ts";
import { timeline } from "./pages/run/timeline.ts";

interface ErrorText {
  readonly title: string;
  /** What happened, and what to do next. */
  readonly text: string;
  readonly code: string;
}

/** Thrown by a route to show an error page. */
export class ErrorPage extends Error {
  readonly status: ContentfulStatusCode;
  readonly content: ErrorText;

  constructor(status: ContentfulStatusCode, content: ErrorText) {
    super(content.title);
    this.status = status;
    this.content = content;
  }
}

/** Thrown by a route to redirect to the start page. */
export class ToStartPage extends Error {}

/** Returns the value; without one, the route redirects to the start page. */
export function orStartPage<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new ToStartPage();
  return value;
}

/** Renders an error page, and the callback that it is about. */
export function errorPage({ title, text, code }: ErrorText, callback?: Exchange): Piece {
  return page(
    title,
    html`<section class="panel error">
        <h1>${title}</h1>
        <p>${text}</p>
        <p class="hint">Error code: <code>${code}</code></p>
        <a class="button primary" href="/">Back to the playground</a>
      </section>
      ${
        callback
          ? html`<section class="panel">
              <h2>On the wire</h2>
              ${timeline({ id: 0, exchanges: [callback], error: undefined })}
            </section>`
          : ""
      }`,
  );
}

const NOT_YOURS = "This callback is not yours";

/** Texts for people who do not know the SDK; other codes show the error's own message. */
const TEXTS: Partial<Record<OAuthErrorCode, Omit<ErrorText, "code">>> = {
  ACCESS_DENIED: {
    title: "You denied access",
    text: "The demo did not learn who you are, and stored nothing. If you change your mind, start again.",
  },
  INTERACTION_REQUIRED: {
    title: "The provider needs you to sign in",
    text: "It could not sign you in without asking you. Start again and answer its questions.",
  },
  AUTHORIZATION_REQUEST_EXPIRED: {
    title: "The sign-in took too long",
    text: "A sign-in must be completed within ten minutes, and this one is older. Start again.",
  },
  STATE_MISMATCH: {
    title: NOT_YOURS,
    text: "This browser did not start the sign-in that the callback belongs to, or it lost its cookie, so the callback was ignored, and its code was not used. Start again in one browser. In an app, keep the session cookie: the same host for the sign-in and the callback, and SameSite=Lax, not Strict.",
  },
  TOKEN_MISMATCH: {
    title: NOT_YOURS,
    text: "The callback has another request token than this browser's sign-in, or the browser lost its cookie, so the callback was ignored. Start again.",
  },
  TOKEN_MISSING: {
    title: NOT_YOURS,
    text: "The callback has no request token of this browser, so it was ignored. Start again.",
  },
  ISSUER_MISMATCH: {
    title: "The callback came from another issuer",
    text: "It names an issuer that does not belong to the provider that you chose, so it was ignored. Start again.",
  },
  PROVIDER_MISMATCH: {
    title: "The callback came to the wrong URL",
    text: "It belongs to a sign-in with another provider, so it was ignored. Start again.",
  },
  CALLBACK_INVALID: {
    title: "This is not a valid callback",
    text: "Its URL has a parameter twice, or one that does not belong there, so it was ignored. Start again.",
  },
  CODE_MISSING: {
    title: "The callback has no code",
    text: "The provider sent you back without an authorization code. Start again.",
  },
  INVALID_GRANT: {
    title: "The provider refused the code",
    text: "The authorization code has expired, or was already used. Start again.",
  },
  DEVICE_CODE_EXPIRED: {
    title: "The code has expired",
    text: "Nobody entered it in time. Start again to get a new code.",
  },
  INVALID_CLIENT: {
    title: "The provider does not know this app",
    text: "Check the client ID and the client secret in the environment, then restart the demo.",
  },
};

/** Finds the error page for what a route threw. */
export function errorPageOf(error: unknown): ErrorPage {
  if (error instanceof ErrorPage) return error;
  if (!isOAuthError(error)) {
    return new ErrorPage(500, {
      title: "That should not have happened",
      text: "The demo failed; its log says why. Start again.",
      code: "INTERNAL",
    });
  }
  const { code, retryable, message } = error;
  const text = TEXTS[code] ?? {
    title: retryable ? "The provider has a problem" : "The sign-in did not work",
    text: message,
  };
  return new ErrorPage(retryable ? 502 : 400, { ...text, code });
}
