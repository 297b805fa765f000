import { ownFields } from "../options/own-fields.ts";

/**
 * The options of `session.fetch`: those of the platform's `fetch`, plus `withholdToken`, `retries`, `maxContentLength` and
 * `timeout`.
 */
export interface SessionRequestInit extends RequestInit {
  /** Sends the request without the token; it may then go to any origin. */
  readonly withholdToken?: boolean;
  /**
   * How many times a transient failure of this request is retried.
   *
   * @defaultValue the session's choice
   */
  readonly retries?: number | false;
  /**
   * The most bytes of the response body, after decompression; a longer body fails with `RESPONSE_TOO_LARGE`.
   *
   * @defaultValue 10 MiB
   */
  readonly maxContentLength?: number;
  /**
   * The longest time for the whole exchange in milliseconds: retries, redirects, a refresh and the body included. 0 means
   * the client's timeout.
   *
   * @defaultValue the client's `timeout`
   */
  readonly timeout?: number;
}

/** The options of a request that is given none. */
export const NO_OPTIONS: SessionRequestInit = Object.freeze(ownFields({}));

/** Whether the first argument of a fetch call is a Request. */
export function isRequest(input: string | URL | Request): input is Request {
  return typeof input !== "string" && !(input instanceof URL);
}

/** The options of a call. As in the platform's fetch, init overrides the options of a Request. */
export function optionsOf(
  input: string | URL | Request,
  options: SessionRequestInit | undefined,
): SessionRequestInit {
  if (!isRequest(input)) return options ? ownFields(options) : NO_OPTIONS;
  return ownFields({ ...partsOf(input), ...defined(ownFields(options ?? {})) });
}

/** The options without the session's own. */
export function platformOptions(init: SessionRequestInit): RequestInit {
  const {
    withholdToken: _token,
    retries: _retries,
    maxContentLength: _limit,
    timeout: _timeout,
    ...options
  } = init;
  return options;
}

/** The options of a Request, as `fetch` takes them. */
function partsOf(request: Request): RequestInit {
  const { method, headers, body, redirect, signal, keepalive } = request;
  const { cache, credentials, integrity, referrerPolicy } = request;
  return {
    method,
    headers,
    redirect,
    signal,
    keepalive,
    integrity,
    ...defined({ cache, credentials, referrerPolicy }),
    ...(body && { body }),
  };
}

/** The options that are not undefined: an undefined one does not override a Request's (Web IDL). */
function defined<Options extends object>(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Options;
}
