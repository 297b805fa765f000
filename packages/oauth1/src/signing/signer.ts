import type { Clock, SigningKey } from "@grantkit/core";
import { isSecureUrl } from "@grantkit/core/requests";
import { unsignable } from "../errors.ts";
import { signatureBaseString } from "./base-string.ts";
import { digest, type Eventual, whenThere } from "./crypto.ts";
import type { SentParameter } from "./parameters.ts";
import { percentEncode } from "./percent-encoding.ts";
import {
  authorizationHeader,
  checkPlacement,
  type SignatureType,
  withForm,
  withQuery,
} from "./placement.ts";
import { type OAuthValues, ProtocolParameters, refuseSigned } from "./protocol-parameters.ts";
import { FORM_TYPE, type ReadBody, readBody } from "./request-body.ts";
import { requestTarget, type RequestTarget } from "./request-target.ts";
import { rsaKey } from "./rsa-keys.ts";
import {
  type BodyHash,
  methodDigest,
  type MethodDefinition,
  signatureMethod,
  signatureOf,
  type SignatureMethod,
  SigningKeys,
} from "./signature-methods.ts";

/** How a signer signs: options that were checked. */
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

/** Signs requests for one client (RFC 5849 §3): each time with a new nonce. It changes nothing that it is given. */
export class Signer {
  readonly #options: SignerOptions;
  readonly #method: MethodDefinition;
  readonly #type: SignatureType;
  readonly #parameters: ProtocolParameters;
  readonly #rsaKey: SigningKeys["rsaKey"];
  #lastKeys: SigningKeys | undefined;

  /** @param options - Checked ones; a key is read here, once. */
  constructor(options: SignerOptions) {
    const { signatureMethod: method = "HMAC-SHA1", signatureType = "header", privateKey } = options;
    this.#options = options;
    this.#method = signatureMethod(method) as MethodDefinition;
    this.#type = signatureType;
    this.#parameters = new ProtocolParameters(options, this.#method.name);
    this.#rsaKey =
      this.#method.kind === "rsa" ? rsaKey(privateKey as SigningKey, "private") : undefined;
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
    const authorization = header(request, "authorization");
    // Of a request without a body it matters only where a form is made for the signature.
    const typeMatters = this.#type === "body" || (request.body ?? undefined) !== undefined;
    const contentType = typeMatters ? header(request, "content-type") : undefined;
    const body = readBody(request.body, contentType);
    const form = body.kind === "form" ? body.parameters : [];
    refuseSigned(target.query, form, authorization, oauth.further);
    checkPlacement(this.#type, { method, body, contentType, authorization });
    this.#checkTransport(target);
    return whenThere(this.#bodyHash(method, body), (hash) =>
      this.#signed({ method, target, body, hash, oauth }),
    );
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

  #signed({ method, target, body, hash, oauth }: ReadRequest): Eventual<SignedParts> {
    const own = this.#parameters.of(oauth, hash);
    const form = body.kind === "form" ? body.parameters : [];
    const signed =
      target.query.length === 0 && form.length === 0 ? own : [...target.query, ...form, ...own];
    const baseString = signatureBaseString(method, target.url, target.authority, signed);
    const signature = signatureOf(this.#method, baseString, this.#keys(oauth.tokenSecret));
    return whenThere(signature, (text) => {
      const sent = [...own, { name: "oauth_signature", value: percentEncode(text) }];
      return this.#placed(method, target.href, body, sent, oauth.realm);
    });
  }

  /** The keys of the last request serve again while its token does. */
  #keys(tokenSecret: string = ""): SigningKeys {
    if (this.#lastKeys?.resourceOwnerSecret !== tokenSecret) {
      const { clientSecret = "", privateKey } = this.#options;
      this.#lastKeys = new SigningKeys(clientSecret, tokenSecret, privateKey, this.#rsaKey);
    }
    return this.#lastKeys;
  }

  #placed(
    method: string,
    href: string,
    body: ReadBody,
    parameters: readonly SentParameter[],
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

/** A request as far as the signature needs it. */
interface ReadRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly body: ReadBody;
  readonly hash: string | undefined;
  readonly oauth: OAuthValues;
}

function header({ headers }: UnsignedRequest, name: string): string | undefined {
  const value = headers.get(name);
  return typeof value === "string" ? value : undefined;
}
