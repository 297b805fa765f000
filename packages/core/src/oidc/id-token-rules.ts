/** A claim that makes a token unacceptable. */
export interface ClaimProblem {
  /** The claim, for the error's `details`. */
  readonly claim: string;
  /** Why, for the error's message: what is wrong, and what to do. */
  readonly reason: string;
}

/** How a provider's ID tokens are verified. */
export interface IdTokenRules {
  /**
   * The accepted signature algorithms. Name the one that your client is registered with
   * (`id_token_signed_response_alg`) to accept no other.
   *
   * `HS256`, `HS384` and `HS512` verify with the client secret instead of the provider's keys (OpenID Connect Core §10.1):
   * `endpoints.jwks` is then not used. LINE's web channels need it. They stand alone, because a list with algorithms of
   * public keys as well would let a public key pass as the secret (RFC 8725 §3.1). A client needs a secret of at least
   * 32, 48 or 64 bytes (RFC 7518 §3.2). Whoever knows the secret can sign ID tokens: keep it on servers.
   *
   * @defaultValue `["RS256"]`; for a discovered provider all that its metadata list, except HMACs
   */
  readonly algorithms?: readonly string[];
  /**
   * Whether a sign-in sends a nonce, which the ID token must then have. `false` for a provider that sends none back:
   * LinkedIn needs it. Sign-ins by the implicit grant have a nonce all the same.
   *
   * What is lost: nothing in the ID token says which sign-in it was issued for. Somebody who gets hold of another user's
   * code, and puts it into a sign-in of their own, is stopped by PKCE alone; with `pkce: false` by nothing. The signature,
   * the audience and an `iat` of the last five minutes are still required, and `at_hash` and `c_hash` are checked if present.
   *
   * @defaultValue `true`
   */
  readonly nonce?: boolean;
  /** Whether `iss` may also be the issuer without `https://`. */
  readonly issuerWithoutScheme?: boolean;
  /**
   * Audiences beside the client that an ID token may have, for example a project (OpenID Connect Core §3.1.3.7). Such a
   * token needs an `azp` that is the client. Zitadel needs it.
   *
   * @defaultValue none: an ID token for others, too, is refused
   */
  readonly audiences?: readonly string[];
  /**
   * The app's other client IDs, for example of its Android and iOS apps: `verifyIdToken()` also accepts ID tokens that were
   * issued for them (`aud`) or requested by them (`azp`). Apps with Sign in with Apple on the web and on phones need it, where
   * the phone sends its ID token to your server. Sign-ins, refreshes and logout tokens of this client accept this client alone.
   *
   * @defaultValue none
   */
  readonly authorizedParties?: readonly string[];
  /**
   * Whether user info may lack `sub`, because `endpoints.userInfo` is not OpenID Connect's (Core §5.3.2). Nothing then
   * tells that it is about the user of the ID token.
   *
   * @defaultValue `false` for a provider whose ID tokens are verified and that has no `userInfo` function
   */
  readonly userInfoWithoutSub?: boolean;
  /**
   * Parameters of the authorization request that restrict who may sign in, and the claim that shows it: parameter → claim,
   * for example `{ hd: "hd" }`. Users can change the parameter on its way, so the ID token of the sign-in must have its value,
   * whatever the case; for `*` any value. A sign-in with such a parameter that ends without an ID token is refused.
   *
   * @defaultValue none
   */
  readonly requestedClaims?: Readonly<Record<string, string>>;
  /**
   * Checks claims that only this provider has, after issuer and audience: at sign-ins, at refreshes and in `verifyIdToken()`.
   * The package of a provider that verifies access tokens has them checked as well.
   *
   * @defaultValue none
   */
  readonly checkClaims?: (
    claims: Readonly<Record<string, unknown>>,
    kind: "ID token" | "access token",
  ) => ClaimProblem | undefined;
}
