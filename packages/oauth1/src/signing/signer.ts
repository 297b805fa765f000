import type { SigningKey } from "@grantkit/core";
import { isSecureUrl, ownFields } from "@grantkit/core/requests";
import type { OAuth1Credentials } from "../credentials.ts";
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
  methodDigest,
  type MethodDefinition,
  signatureMethod,
  signatureOf,
  SigningKeys,
} from "./signature-methods.ts";

/** A request to sign. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: string | URL;
  /** Read, never changed: `Headers` and axios's headers fit. */
  readonly headers: { get(name: string): unknown };
  /** Text, bytes, `URLSearchParams` or an object of fields; anything else is sent as it is, unsigned. */
  readonly body?: unknown;
}

/** The parts of a signed request, which replace the given ones. */
export interface SignedParts {
  /** In upper case, as signed. */
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** The `Authorization` header to set; undefined if the signature is elsewhere. */
  readonly authorization: string | undefined;
  /** The `Content-Type` header to set; undefined if the request has it or needs none. */
  readonly contentType: string | undefined;
}

/** The part of a provider's definition that a signer needs. */
interface SigningProvider {
  /** Whether the text fields of a multipart form are signed. */
  readonly signsMultipartFields?: boolean;
  /** Http origins that secrets may travel to. */
  readonly allowInsecureHttp?: readonly string[];
}

/** Signs the requests of one client (RFC 5849 §3), each with a new nonce; it changes none of its arguments. */
export class Signer {
  readonly #options: OAuth1Credentials;
  readonly #method: MethodDefinition;
  readonly #type: SignatureType;
  readonly #parameters: ProtocolParameters;
  readonly #signsMultipartFields: boolean;
  readonly #insecureHttp: readonly string[];
  readonly #rsaKey: SigningKeys["rsaKey"];
  /** The keys of the last request, which most often are those of the next. */
  #lastKeys: SigningKeys | undefined;

  /**
   * @param options - Checked options; a private key is parsed here, once.
   * @param provider - What of the provider's definition changes how a request is signed.
   */
  constructor(options: OAuth1Credentials, provider?: SigningProvider) {
    const { signatureMethod: method = "HMAC-SHA1", signatureType = "header", privateKey } = options;
    this.#options = options;
    this.#method = signatureMethod(method) as MethodDefinition;
    this.#type = signatureType;
    this.#signsMultipartFields = provider?.signsMultipartFields ?? false;
    this.#insecureHttp = provider?.allowInsecureHttp ?? [];
    this.#parameters = new ProtocolParameters(options, this.#method.name);
    this.#rsaKey =
      this.#method.kind === "rsa" ? rsaKey(privateKey as SigningKey, "private") : undefined;
  }

  /**
   * Signs a request: synchronously with Node's crypto, with a promise elsewhere or if a method of the caller's returns one.
   *
   * @throws ConfigurationError (`CONFIGURATION_INVALID`) for an invalid URL; OAuthError with code `REQUEST_UNSIGNABLE` or
   * `TOKEN_IN_URL` for a request that cannot be signed.
   */
  sign(request: UnsignedRequest, values: OAuthValues = {}): Eventual<SignedParts> {
    const oauth = ownFields(values);
    const method = request.method.toUpperCase();
    const target = requestTarget(request.url, header(request, "host"));
    const authorization = header(request, "authorization");
    // Without a body it matters only where the signature becomes one.
    const typeMatters = this.#type === "body" || (request.body ?? undefined) !== undefined;
    const contentType = typeMatters ? header(request, "content-type") : undefined;
    const body = readBody(request.body, contentType, this.#signsMultipartFields);
    refuseSigned(target.query, body.parameters, authorization, oauth.further);
    checkPlacement(this.#type, { method, body, contentType, authorization });
    this.#checkTransport(target);
    return whenThere(this.#bodyHash(method, body), (hash) =>
      this.#signed({ method, target, body, hash, oauth }),
    );
  }

  #checkTransport(target: RequestTarget): void {
    if (this.#method.kind === "plaintext" && !isSecureUrl(target.url, this.#insecureHttp)) {
      throw unsignable(
        "PLAINTEXT sends the secrets themselves, and so needs https (except to this machine). Use https, or an HMAC method",
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
        "forceIncludeBody or bodyHash asks for a body hash, and its body cannot be read before it is sent (a multipart form, a stream or a Blob). Pass text or bytes, or use a session without these options",
      );
    }
    return digest(name, body.content);
  }

  #signed({ method, target, body, hash, oauth }: ReadRequest): Eventual<SignedParts> {
    const own = this.#parameters.of(oauth, hash);
    const form = body.parameters;
    const signed =
      target.query.length === 0 && form.length === 0 ? own : [...target.query, ...form, ...own];
    const baseString = signatureBaseString(method, target.url, target.authority, signed);
    const signature = signatureOf(this.#method, baseString, this.#keys(oauth.tokenSecret));
    return whenThere(signature, (text) => {
      const sent = [...own, { name: "oauth_signature", value: percentEncode(text) }];
      return this.#placed(method, target.href, body, sent, oauth.realm);
    });
  }

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

/** A request, parsed. */
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
