import { ConfigurationError } from "@grantkit/core";
import { ownFields, unknownFields } from "@grantkit/core/requests";
import { CREDENTIAL_OPTIONS, credentialProblems, type OAuth1Credentials } from "../credentials.ts";
import { HeaderFields, type HeadersInput, headersProblems } from "./header-fields.ts";
import type { FormFields } from "./request-body.ts";
import { urlProblem } from "./request-target.ts";
import { type SignedParts, Signer } from "./signer.ts";

/** A request for {@link sign}. */
export interface RequestToSign<Body extends RequestBody | undefined = RequestBody> {
  /**
   * The HTTP method.
   *
   * @defaultValue `"GET"`
   */
  readonly method?: string;
  /** The absolute URL, its query in it. A fragment is neither signed nor sent. */
  readonly url: string | URL;
  /** The headers. `Host` is signed in the place of the URL's; `Content-Type` says whether the body is a form. */
  readonly headers?: HeadersInput;
  /**
   * The body. An object and `URLSearchParams` are forms, and so is text or bytes with the `Content-Type` of a form,
   * and text without one that reads as a form. Anything else is not signed, save by `forceIncludeBody`.
   */
  readonly body?: Body;
}

/** A body for {@link sign}. */
export type RequestBody = string | URLSearchParams | FormFields | Uint8Array | ArrayBuffer;

/** A signed request, ready for any HTTP client: send all of it, and nothing else, within some minutes and once. */
export interface SignedRequest<Body = RequestBody> {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** The headers that were given, and those of the signature. */
  readonly headers: Record<string, string>;
  /** The body, where there is one; a form as text. */
  readonly body?: string | Extract<Body, Uint8Array | ArrayBuffer>;
}

const REQUEST_FIELDS = new Set(["method", "url", "headers", "body"]);

/**
 * Signs a request (RFC 5849 §3) and sends nothing. What is passed in stays as it is.
 *
 * @param request - What is to be sent.
 * @param credentials - Who signs, and how.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) with every problem of the arguments; OAuthError with code
 * `REQUEST_UNSIGNABLE` when headers and body do not go together or servers would not agree on what was signed, and
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
  // Own fields alone: what somebody added to Object.prototype is no credential.
  const own = ownFields(credentials ?? {});
  const problems = [...requestProblems(request), ...argumentProblems(credentials, own)];
  if (problems.length > 0) throw new ConfigurationError("The request", problems);
  const { method = "GET", url, body } = request;
  const headers = new HeaderFields(request.headers);
  const signed = await new Signer(own).sign(
    // As text: a URL of the caller's could be changed before the signature is made.
    { method, url: String(url), headers, body },
    {
      token: own.resourceOwnerKey,
      tokenSecret: own.resourceOwnerSecret,
      callback: own.callbackUri,
      verifier: own.verifier,
      realm: own.realm,
    },
  );
  // Of the body that was given: a form has become longer by its signature, or was no text yet.
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

function argumentProblems(credentials: unknown, own: object): string[] {
  if (typeof credentials !== "object" || credentials === null) {
    return ["credentials must be an object"];
  }
  return [
    ...unknownFields(own, CREDENTIAL_OPTIONS, ""),
    ...credentialProblems(own as Readonly<Record<string, unknown>>),
  ];
}

function requestProblems(request: unknown): string[] {
  if (typeof request !== "object" || request === null) return ["request must be an object"];
  const { method, url, headers } = request as Readonly<Record<string, unknown>>;
  const problems = unknownFields(request, REQUEST_FIELDS, "");
  if (
    method !== undefined &&
    (typeof method !== "string" || !/^[\w!#$%&'*+.^`|~-]+$/.test(method))
  ) {
    problems.push("method must be an HTTP method, for example GET");
  }
  const wrongUrl = urlProblem(url);
  if (wrongUrl !== undefined) problems.push(wrongUrl);
  return [...problems, ...headersProblems(headers)];
}
