import { type ClientContext, clientContext } from "./client-context.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import {
  checkedProvider,
  type ClientOptionNames,
  refuseUnknownOptions,
} from "./client-problems.ts";
import { ConfigurationError } from "./errors/configuration-error.ts";
import { ownOptions } from "./options/own-fields.ts";
import type { Provider } from "./provider.ts";
import { type SessionContext, sessionContext } from "./session/session-context.ts";

/** What a client is made of, once its options were checked. */
export interface ClientParts<Scope extends string, AuthorizationOptions extends object> {
  readonly provider: Provider<Scope, AuthorizationOptions>;
  readonly context: ClientContext;
  readonly sessions: SessionContext;
}

/**
 * Returns what gives a client its parts. Options that are an object are checked now; a function is called when the parts
 * are first asked for, and again the next time if it throws or returns options that cannot be used (docs/decisions/0006).
 *
 * @throws ConfigurationError that lists the problems of the definition and of the options.
 */
export function clientParts<Scope extends string, AuthorizationOptions extends object>(
  provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
  options: OAuth2ClientOptions | (() => OAuth2ClientOptions),
): () => ClientParts<Scope, AuthorizationOptions> {
  const make = (given: OAuth2ClientOptions) => {
    const own = ownOptions(given);
    const checked = checkedProvider(provider, own);
    const context = clientContext(checked, own);
    return { provider: checked, context, sessions: sessionContext(context, own) };
  };
  if (typeof options !== "function") {
    const parts = make(options);
    return () => parts;
  }
  let parts: ClientParts<Scope, AuthorizationOptions> | undefined;
  let isMaking = false;
  return () => {
    if (parts) return parts;
    if (isMaking) throw new ConfigurationError("The client", [USES_ITSELF]);
    isMaking = true;
    try {
      return (parts = make(returnedOptions(options)));
    } finally {
      isMaking = false;
    }
  };
}

const USES_ITSELF =
  "the function that returns the options, or the one that defines the provider, uses the client: it must return before the client can be used";

/**
 * Divides a provider client's options into the function that defines its provider and the options of any client. Where the
 * options are a function, both are read at the client's first use: first the options, then the provider.
 */
export function dividedOptions<Given extends object, Defined>(
  given: Given | (() => Given),
  divide: (own: Given) => readonly [provider: () => Defined, options: OAuth2ClientOptions],
): readonly [provider: () => Defined, options: OAuth2ClientOptions | (() => OAuth2ClientOptions)] {
  // JavaScript callers may pass nothing; the error then lists what is missing.
  if (typeof given !== "function") return divide(ownOptions(given ?? ({} as Given)));
  let define: () => Defined;
  return [
    () => define(),
    () => {
      const [provider, options] = divide(ownOptions(returnedOptions(given)));
      define = provider;
      return options;
    },
  ];
}

/** A provider client's divided options, and what was kept of them. */
export interface KeptOptions<Defined, Kept> {
  /** For the constructor of `OAuth2Client`. */
  readonly parts: ReturnType<typeof dividedOptions<object, Defined>>;
  /**
   * Gives what was kept. Where the options are a function, it may be the client's first use, which reads them.
   *
   * @param client - The client that was made of the parts.
   */
  readonly keptOf: (client: { readonly provider: unknown }) => Kept;
}

/**
 * Divides a provider client's options as {@link dividedOptions} does, and keeps what only the provider's own calls need.
 *
 * @param names - The client's own options. With them, a misspelled one is refused before the others are read.
 */
export function divideAndKeep<Given extends object, Defined, Kept>(
  given: Given | (() => Given),
  divide: (
    own: Given,
  ) => readonly [provider: () => Defined, options: OAuth2ClientOptions, kept: Kept],
  names?: ClientOptionNames,
): KeptOptions<Defined, Kept> {
  let kept: Kept;
  const parts = dividedOptions(given, (own) => {
    if (names !== undefined) refuseUnknownOptions(own, names);
    const [provider, options, part] = divide(own);
    kept = part;
    return [provider, options];
  });
  const keptOf = (client: { readonly provider: unknown }): Kept => {
    void client.provider;
    return kept;
  };
  return { parts, keptOf };
}

/** @throws ConfigurationError when the function returns no object. */
function returnedOptions<Options>(read: () => Options): Options {
  const options: unknown = read();
  if (typeof (options as PromiseLike<unknown> | undefined)?.then === "function") {
    // Nobody waits for it: if it fails as well, that is no crash of the process.
    Promise.resolve(options).catch(() => undefined);
    throw new ConfigurationError("The client", [
      "the function that returns the options must not be async: if only the secret has to be fetched, pass clientSecret as an async function",
    ]);
  }
  if (options === undefined || options === null) {
    throw new ConfigurationError("The client", [
      `the function that returns the options returned ${options}: write it as () => ({ … }), with parentheses`,
    ]);
  }
  return options as Options;
}
