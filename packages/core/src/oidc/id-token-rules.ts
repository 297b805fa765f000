/** How a provider's ID tokens are verified. */
export interface IdTokenRules {
  /**
   * The accepted signature algorithms. Name the one that your client is registered with
   * (`id_token_signed_response_alg`) to accept no other.
   *
   * @defaultValue `["RS256"]`; for a discovered provider all that its metadata list
   */
  readonly algorithms?: readonly string[];
  /** Whether `iss` may also be the issuer without `https://`. */
  readonly issuerWithoutScheme?: boolean;
  /**
   * Audiences beside the client that an ID token may have, for example a project (OpenID Connect Core §3.1.3.7). Such a
   * token needs an `azp` that is the client.
   *
   * @defaultValue none: an ID token for others, too, is refused
   */
  readonly audiences?: readonly string[];
  /**
   * Whether user info may lack `sub`, because `endpoints.userInfo` is not OpenID Connect's (Core §5.3.2). Nothing then
   * tells that it is about the user of the ID token.
   *
   * @defaultValue `false` for a provider with `issuer` and `endpoints.jwks` and no `userInfo` function
   */
  readonly userInfoWithoutSub?: boolean;
}
