import { ConfigurationError } from "@grantkit/core";
import { unknownFields } from "@grantkit/core/requests";

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

/**
 * The same for a token request, whose options are known.
 *
 * @param own - The option that this request has beside those of all.
 * @throws ConfigurationError for an option that there is not: what is meant for the provider would not arrive.
 */
export function urlAndOptions<Options extends OAuth1TokenRequestOptions>(
  given: readonly [(string | URL | Options)?, Options?],
  own: "realm" | "verifier",
  provider: string,
): [string | URL | undefined, Partial<Options>] {
  const [url, options] = urlAndRest(given);
  const problems = unknownFields(options, new Set(["parameters", "signal", own]), "");
  if (problems.length > 0) throw new ConfigurationError("The token request", problems, provider);
  return [url, options];
}
