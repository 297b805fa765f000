import { ConfigurationError } from "@grantkit/core";
import {
  anything,
  isObject,
  must,
  optionProblems,
  type OptionRules,
  ownFields,
} from "@grantkit/core/requests";
import { CREDENTIAL_RULES, type OAuth1Credentials } from "../credentials.ts";
import type { FormFields } from "./request-body.ts";
import { mustBeRequestUrl } from "./request-target.ts";
import { type SignedParts, Signer } from "./signer.ts";

/** Headers as `Headers`, an object, or pairs of name and value. */
export type HeadersInput =
  Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** A request for {@link sign}. */
export interface RequestToSign<Body extends RequestBody | undefined = RequestBody> {
  /**
   * The HTTP method.
   *
   * @defaultValue `"GET"`
   */
  readonly method?: string;
  /** The absolute URL with its query. A fragment is neither signed nor sent. */
  readonly url: string | URL;
  /** The headers. `Host` is signed instead of the URL's host; `Content-Type` decides whether the body is a form. */
  readonly headers?: HeadersInput;
  /**
   * The body. A form is signed: an object, `URLSearchParams`, text or bytes with the `Content-Type` of a form, and text
   * without one that looks like a form. Any other body is signed only with `forceIncludeBody`.
   */
  readonly body?: Body;
}

/** A body for {@link sign}. */
export type RequestBody = string | URLSearchParams | FormFields | Uint8Array | ArrayBuffer;

/** A signed request for any HTTP client. Send all of it unchanged, once, and within a few minutes. */
export interface SignedRequest<Body = RequestBody> {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** The given headers, and those of the signature. */
  readonly headers: Record<string, string>;
  /** The body, if there is one; a form as text. */
  readonly body?: string | Extract<Body, Uint8Array | ArrayBuffer>;
}

/**
 * Signs a request (RFC 5849 §3) without sending it; the arguments stay as they are.
 *
 * @param request - The request to sign.
 * @param credentials - Who signs, and how.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that lists every problem of the arguments; OAuthError with code
 * `REQUEST_UNSIGNABLE` if the body does not match the headers, or if servers would read the request in different ways; with
 * `TOKEN_IN_URL` for a URL that is signed already.
 *
 * @example
 * ```ts
 * import { sign } from "@grantkit/oauth1";
 *
 * const { url, ...init } = await sign(
 *   { method: "POST", url: "https://api.example.com/1/items", body: { name: "a b" } },
 *   {
 *     clientKey: process.env["CLIENT_KEY"] ?? "",
 *     clientSecret: process.env["CLIENT_SECRET"] ?? "",
 *     resourceOwnerKey: process.env["TOKEN"] ?? "",
 *     resourceOwnerSecret: process.env["TOKEN_SECRET"] ?? "",
 *   },
 * );
 * export const response = await fetch(url, init);
 * ```
 */
export async function sign<Body extends RequestBody | undefined = undefined>(
  request: RequestToSign<Body>,
  credentials: OAuth1Credentials,
): Promise<SignedRequest<Body>> {
  // Own fields only: what somebody added to Object.prototype is no credential.
  const own = ownFields(credentials ?? {});
  const problems = [
    ...(isObject(request) ? optionProblems(request, REQUEST_RULES) : ["request must be an object"]),
    ...(isObject(credentials)
      ? optionProblems(own, CREDENTIAL_RULES)
      : ["credentials must be an object"]),
  ];
  if (problems.length > 0) throw new ConfigurationError("The request", problems);
  const { method = "GET", url, body, headers: given } = ownFields(request);
  const headers = new HeaderFields(given);
  const signed = await new Signer(own).sign(
    // As text: the caller may change a URL object while the signature is made.
    { method, url: String(url), headers, body },
    {
      token: own.resourceOwnerKey,
      tokenSecret: own.resourceOwnerSecret,
      callback: own.callbackUri,
      verifier: own.verifier,
      realm: own.realm,
    },
  );
  // It is that of the given body, and the signature has made another.
  if (signed.body !== body) headers.delete("Content-Length");
  return requestOf<Body>(signed, headers);
}

function requestOf<Body>(signed: SignedParts, headers: HeaderFields): SignedRequest<Body> {
  const { method, url, authorization, contentType } = signed;
  const body = signed.body as SignedRequest<Body>["body"];
  if (contentType !== undefined) headers.set("Content-Type", contentType);
  if (authorization !== undefined) headers.set("Authorization", authorization);
  const fields = { method, url, headers: headers.toRecord() };
  return body === undefined ? fields : { ...fields, body };
}

const REQUEST_RULES: OptionRules<RequestToSign> = {
  method: must(
    "be an HTTP method, for example GET",
    (value) => typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
  ),
  url: mustBeRequestUrl,
  headers: headersProblems,
  body: anything,
};

function* entriesOf(headers: HeadersInput | undefined): Generator<readonly [unknown, unknown]> {
  if (headers === undefined) return;
  if (Symbol.iterator in headers) {
    for (const entry of headers as Iterable<readonly [unknown, unknown]>) yield entry;
  } else yield* Object.entries(headers);
}

function headersProblems(headers: unknown): string[] {
  if (headers === undefined) return [];
  if (typeof headers !== "object" || headers === null) {
    return ["headers must be an object, Headers or pairs of name and value"];
  }
  const seen = new Set<string>();
  const problems = new Set<string>();
  for (const [name, value] of entriesOf(headers as HeadersInput)) {
    if (typeof name !== "string" || typeof value !== "string") {
      problems.add("headers must have strings for names and values");
      continue;
    }
    if (seen.has(name.toLowerCase())) problems.add("headers must have each name once");
    seen.add(name.toLowerCase());
  }
  return [...problems];
}

/** Checked headers: found by name in any letter case, and returned in the letter case in which they were given. */
class HeaderFields {
  readonly #fields = new Map<string, readonly [name: string, value: string]>();

  constructor(headers: HeadersInput | undefined) {
    for (const [name, value] of entriesOf(headers)) this.set(name as string, value as string);
  }

  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())?.[1];
  }

  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), [name, value]);
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#fields.values());
  }
}
