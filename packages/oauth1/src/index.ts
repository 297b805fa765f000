/**
 * OAuth 1.0a (RFC 5849): signed requests, made and verified.
 *
 * @packageDocumentation
 */
export { sign } from "./signing/sign.ts";
export type { RequestBody, RequestToSign, SignedRequest } from "./signing/sign.ts";
export type { OAuth1Credentials } from "./credentials.ts";
export { registerSignatureMethod } from "./signing/signature-methods.ts";
export type {
  SignatureFunction,
  SignatureMethod,
  SignatureSecrets,
} from "./signing/signature-methods.ts";
export type { BodyHash } from "./signing/body-hash.ts";
export type { DigestName } from "./signing/digests.ts";
export type { HeadersInput } from "./signing/header-fields.ts";
export type { SignatureType } from "./signing/placement.ts";
export type { FormFields, FormValue } from "./signing/request-body.ts";

export { verify } from "./verification/verify.ts";
export type { ClaimedIdentity, CredentialLookup, VerifiedRequest } from "./verification/verify.ts";
export type { VerificationCredentials } from "./verification/client-proof.ts";
export type { NonceUse, UseNonce } from "./verification/nonce-memory.ts";
export type { ReceivedRequest } from "./verification/received-request.ts";
export type { VerifyOptions } from "./verification/verify-options.ts";

export { ConfigurationError, isOAuthError, OAuthError } from "@grantkit/core";
export type { Clock, OAuthErrorCode, SigningKey } from "@grantkit/core";
