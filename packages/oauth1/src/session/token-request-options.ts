/** What every token request can be given. */
export interface OAuth1TokenRequestOptions {
  /** Further parameters that the provider wants, signed like the others. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** What a request for a request token can be given. */
export interface RequestTokenOptions extends OAuth1TokenRequestOptions {
  /** The realm of this request alone, in the place of the session's. */
  readonly realm?: string | readonly string[];
}

/** What a request for an access token can be given. */
export interface AccessTokenOptions extends OAuth1TokenRequestOptions {
  /** The verifier, where the user typed it (`callbackUri: "oob"`); otherwise the callback has it. */
  readonly verifier?: string;
}

/** Takes apart what begins with a URL, or does without. */
export function urlAndRest<Rest extends object>(
  given: readonly [(string | URL | Rest)?, Rest?],
): [string | URL | undefined, Partial<Rest>] {
  const [first, second] = given;
  if (first === undefined || typeof first === "string" || first instanceof URL) {
    return [first, second ?? {}];
  }
  return [undefined, first];
}
