/**
 * OAuth 1.0a (RFC 5849): signed requests, made and verified, and sessions of users. All of `@grantkit/core` is exported as
 * well: an app with one package needs no other.
 *
 * @packageDocumentation
 */
export { sign } from "./signing/sign.ts";
export type { RequestBody, RequestToSign, SignedRequest } from "./signing/sign.ts";
export type { OAuth1Credentials } from "./credentials.ts";
export type {
  BodyHash,
  BuiltInSignatureMethod,
  CustomSignatureMethod,
  SignatureFunction,
  SignatureMethod,
  SignatureSecrets,
} from "./signing/signature-methods.ts";
export type { DigestName } from "./signing/crypto.ts";
export type { HeadersInput } from "./signing/sign.ts";
export type { SignatureType } from "./signing/placement.ts";
export type { FormFields, FormValue } from "./signing/request-body.ts";

export { verify } from "./verification/verify.ts";
export type { ClaimedIdentity, CredentialLookup, VerifiedRequest } from "./verification/verify.ts";
export type { VerificationCredentials } from "./verification/client-proof.ts";
export type { NonceUse, UseNonce } from "./verification/nonce-memory.ts";
export type { ReceivedRequest } from "./verification/received-request.ts";
export type { VerifyOptions } from "./verification/verify-options.ts";
export { OAuth1Session } from "./session/session.ts";
export type {
  AccessTokenOptions,
  AuthorizationUrlOptions,
  OAuth1RefreshOptions,
  OAuth1TokenRequestOptions,
  RequestTokenOptions,
  XAuthOptions,
} from "./session/token-request-options.ts";
export type { OAuth1SessionOptions } from "./session/session-options.ts";
export type { OnOAuth1TokenUpdate } from "./session/session-token.ts";
export type { OAuth1Callback } from "./session/authorization.ts";
export { OAuth1Token } from "./token.ts";
export type { OAuth1TokenRecord, OAuth1WireToken } from "./token.ts";
export { TokenMissing, TokenRequestDenied, VerifierMissing } from "./errors.ts";

export { defineOAuth1Provider } from "./provider.ts";
export type {
  OAuth1EndpointOverrides,
  OAuth1Endpoints,
  OAuth1Provider,
  OAuth1ProviderDefinition,
} from "./provider.ts";
export { discogs, flickr, trello, tumblr, x } from "./presets.ts";
export type { DiscogsOptions, PresetOptions } from "./presets.ts";

export * from "@grantkit/core";
