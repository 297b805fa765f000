import { type Clock, type SigningKey, systemClock } from "@grantkit/core";
import { isSecureUrl } from "@grantkit/core/requests";
import { signatureBaseString } from "./base-string.ts";
import { digest, type Eventual, whenThere } from "./crypto.ts";
import { randomNonce } from "./crypto.ts";
import { type EncodedParameter, encodedParameter, encodedParameters } from "./parameters.ts";
import { authorizationHeader, type SignatureType, withForm, withQuery } from "./placement.ts";
import { refuseSigned } from "./protocol-parameters.ts";
import { FORM_TYPE, mediaType, type ReadBody, readBody } from "./request-body.ts";
import { requestTarget, type RequestTarget } from "./request-target.ts";
import { rsaKey } from "./rsa-keys.ts";
import {
  type BodyHash,
  methodDigest,
  type MethodDefinition,
  signatureMethod,
  signatureOf,
  type SignatureMethod,
  type SigningMaterial,
} from "./signature-methods.ts";
import { unsignable } from "../errors.ts";

/** How a signer signs: options that `credentialProblems()` has found nothing wrong with. */
export interface SignerOptions {
  readonly clientKey: string;
  readonly clientSecret?: string | undefined;
  readonly signatureMethod?: SignatureMethod | undefined;
  readonly signatureType?: SignatureType | undefined;
  readonly privateKey?: SigningKey | undefined;
  readonly forceIncludeBody?: boolean | undefined;
  readonly bodyHash?: BodyHash | undefined;
  readonly nonce?: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A request that is to be signed. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: string | URL;
  /** Only read: `Headers` and axios's headers fit. */
  readonly headers: { get(name: string): unknown };
  /** Text, bytes, `URLSearchParams` or an object of fields; anything else is sent as it is, unsigned. */
  readonly body?: unknown;
}

/** Whose request it is, and what else the protocol says with it. */
export interface OAuthValues {
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
  readonly callback?: string | undefined;
  readonly verifier?: string | undefined;
  /** In the header only; not signed. */
  readonly realm?: string | undefined;
  /** Further parameters of the protocol by their names on the wire, `oauth_session_handle` for example. */
  readonly further?: Readonly<Record<string, string>> | undefined;
}

/** What has to be sent in the place of what was given. */
export interface SignedParts {
  /** In upper case, as it was signed. */
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** The `Authorization` header to set; undefined when the signature is elsewhere. */
  readonly authorization: string | undefined;
  /** The `Content-Type` header to set; undefined when the request needs none, or has it. */
  readonly contentType: string | undefined;
}

const VERSION: EncodedParameter = { name: "oauth_version", value: "1.0" };

/** Signs requests for one client (RFC 5849 §3): each time with a new nonce. It changes nothing that it is given. */
export class Signer {
  readonly #options: SignerOptions;
  readonly #method: MethodDefinition;
  readonly #type: SignatureType;
  readonly #client: EncodedParameter;
  readonly #methodName: EncodedParameter;
  readonly #rsaKey: SigningMaterial["rsaKey"];
  readonly #clock: Clock;

  /** @param options - Checked ones; a key is read here, once. */
  constructor(options: SignerOptions) {
    const { signatureMethod: method = "HMAC-SHA1", signatureType = "header", privateKey } = options;
    this.#options = options;
    this.#method = signatureMethod(method) as MethodDefinition;
    this.#type = signatureType;
    this.#client = encodedParameter("oauth_consumer_key", options.clientKey);
    this.#methodName = encodedParameter("oauth_signature_method", this.#method.name);
    this.#rsaKey =
      this.#method.kind === "rsa" ? rsaKey(privateKey as SigningKey, "private") : undefined;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Signs a request: at once where there is Node's crypto (a method of the caller's may take its time), by a promise elsewhere.
   *
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a URL that cannot be; OAuthError with code
   * `REQUEST_UNSIGNABLE` or `TOKEN_IN_URL` for a request that has no signature.
   */
  sign(request: UnsignedRequest, oauth: OAuthValues = {}): Eventual<SignedParts> {
    const method = request.method.toUpperCase();
    const target = requestTarget(request.url, header(request, "host"));
    const contentType = header(request, "content-type");
    const body = readBody(request.body, contentType);
    const authorization = header(request, "authorization");
    const form = body.kind === "form" ? body.parameters : [];
    refuseSigned(target.query, form, authorization, oauth.further);
    this.#checkPlacement(method, body, contentType, authorization);
    this.#checkTransport(target);
    return whenThere(this.#bodyHash(method, body), (hash) =>
      this.#signed({ method, target, body, hash, oauth }),
    );
  }

  #checkPlacement(
    method: string,
    body: ReadBody,
    contentType: string | undefined,
    authorization: string | undefined,
  ): void {
    const bodiless = method === "GET" || method === "HEAD";
    const form = body.kind === "form" || (body.kind === "none" && isFormType(contentType));
    if (this.#type === "body" && !form) {
      throw unsignable(
        'signatureType "body" puts the OAuth parameters into a form, and its body is another. Use signatureType "header"',
      );
    }
    if (bodiless && (this.#type === "body" || (body.kind === "form" && body.text !== ""))) {
      throw unsignable(
        `a ${method} request should have no form in its body. Put parameters into the query, or use POST`,
      );
    }
    if (this.#type === "header" && authorization !== undefined) {
      throw unsignable(
        'it has an Authorization header already, and the signature would take its place. Leave the header out, or use signatureType "query"',
      );
    }
  }

  #checkTransport(target: RequestTarget): void {
    if (this.#method.kind === "plaintext" && !isSecureUrl(target.url)) {
      throw unsignable(
        "PLAINTEXT sends the secrets themselves, and so over https only (http to this machine excepted). Use https, or an HMAC method",
      );
    }
  }

  #bodyHash(method: string, body: ReadBody): Eventual<string | undefined> {
    if (body.kind !== "opaque" || method === "GET" || method === "HEAD") return undefined;
    const { forceIncludeBody, bodyHash } = this.#options;
    const name = bodyHash ?? (forceIncludeBody && methodDigest(this.#method));
    if (!name) return undefined;
    if (body.content === undefined) {
      throw unsignable(
        "a body hash is asked for, and its body cannot be read before it is sent, as a multipart form, a stream or a Blob. Pass text or bytes, or use a session without forceIncludeBody and bodyHash for it",
      );
    }
    return digest(name, body.content);
  }

  #signed({ method, target, body, hash, oauth }: Readable): Eventual<SignedParts> {
    const own = this.#parameters(oauth, hash);
    const form = body.kind === "form" ? body.parameters : [];
    const baseString = signatureBaseString(method, target.url, target.authority, [
      ...target.query,
      ...form,
      ...own,
    ]);
    const { clientSecret = "", privateKey } = this.#options;
    const material: SigningMaterial = {
      clientSecret,
      resourceOwnerSecret: oauth.tokenSecret ?? "",
      privateKey,
      rsaKey: this.#rsaKey,
    };
    return whenThere(signatureOf(this.#method, baseString, material), (signature) => {
      own.push(encodedParameter("oauth_signature", signature));
      return this.#placed(method, target.href, body, own, oauth.realm);
    });
  }

  #parameters(oauth: OAuthValues, hash: string | undefined): EncodedParameter[] {
    const { nonce, timestamp } = this.#options;
    const { token, callback, verifier, further } = oauth;
    const seconds = timestamp ?? Math.floor(this.#clock.now() / 1000);
    const parameters = [
      this.#client,
      encodedParameter("oauth_nonce", nonce ?? randomNonce()),
      this.#methodName,
      encodedParameter("oauth_timestamp", String(seconds)),
      VERSION,
    ];
    if (token !== undefined) parameters.push(encodedParameter("oauth_token", token));
    if (callback !== undefined) parameters.push(encodedParameter("oauth_callback", callback));
    if (verifier !== undefined) parameters.push(encodedParameter("oauth_verifier", verifier));
    if (hash !== undefined) parameters.push(encodedParameter("oauth_body_hash", hash));
    if (further !== undefined) parameters.push(...encodedParameters(Object.entries(further)));
    return parameters;
  }

  #placed(
    method: string,
    href: string,
    body: ReadBody,
    parameters: readonly EncodedParameter[],
    realm: string | undefined,
  ): SignedParts {
    const contentType = body.kind === "form" && body.typeMissing ? FORM_TYPE : undefined;
    const parts = { method, url: href, body: body.body, authorization: undefined, contentType };
    if (this.#type === "header") {
      return { ...parts, authorization: authorizationHeader(parameters, realm) };
    }
    if (this.#type === "query") return { ...parts, url: withQuery(href, parameters) };
    return body.kind === "form"
      ? { ...parts, body: withForm(body.text, parameters) }
      : { ...parts, body: withForm("", parameters), contentType: FORM_TYPE };
  }
}

interface Readable {
  readonly method: string;
  readonly target: RequestTarget;
  readonly body: ReadBody;
  readonly hash: string | undefined;
  readonly oauth: OAuthValues;
}

/** Whether a body may be made a form: nothing says that it is another. */
function isFormType(contentType: string | undefined): boolean {
  return (mediaType(contentType) ?? FORM_TYPE) === FORM_TYPE;
}

function header({ headers }: UnsignedRequest, name: string): string | undefined {
  const value = headers.get(name);
  return typeof value === "string" ? value : undefined;
}
