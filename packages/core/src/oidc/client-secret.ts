import type { Clock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import {
  isObject,
  must,
  optionProblems,
  type OptionRule,
  type OptionRules,
} from "../options/option-rules.ts";
import { callSecretFunction } from "./secret-function.ts";

/** A client secret, with its end if it has one. */
export type ClientSecretValue =
  | string
  | {
      /** The secret. */
      readonly secret: string;
      /**
       * When it expires, in milliseconds since the epoch. The client asks for the next one a minute before.
       *
       * @defaultValue never
       */
      readonly expiresAt?: number;
    };

/**
 * Gives the client secret when a token request needs it: a secret that expires (Apple's is a JWT, see
 * `signedClientSecret()`), or one that a vault rotates.
 *
 * The client keeps the secret until a minute before `expiresAt`, or until the provider refuses it (`INVALID_CLIENT`).
 * Concurrent requests share one call. An error of the function becomes `CLIENT_SECRET_UNAVAILABLE`, without its
 * message, which may have the secret; the next request calls the function again.
 */
export type ClientSecretSource = () => ClientSecretValue | Promise<ClientSecretValue>;

/** Milliseconds: a secret must last until the provider has read it, by the provider's clock. */
const LEEWAY = 60_000;

/** What the source's calls need of the client. */
interface AskingClient {
  /** The provider's name. */
  readonly provider: string;
  readonly clock: Clock;
  /** The longest time that the source may take, in milliseconds. */
  readonly timeout: number;
}

/** A client's secret: a text that stays, or the current one of a source. */
export class ClientSecret {
  readonly #source: ClientSecretSource | undefined;
  readonly #client: AskingClient;
  #current: string | undefined;
  #freshUntil = Number.POSITIVE_INFINITY;
  #asked: Promise<string> | undefined;
  #known: readonly string[] = [];

  constructor(given: string | ClientSecretSource | undefined, client: AskingClient) {
    this.#client = client;
    if (typeof given === "function") this.#source = given;
    else this.#keep(given);
  }

  /** The secret, and the one before it: no error may show them. */
  get known(): readonly string[] {
    return this.#known;
  }

  /**
   * Gives the secret: at once where it is known, otherwise when the source has given it; undefined for a public client.
   *
   * @throws OAuthError with code `CLIENT_SECRET_UNAVAILABLE`; ConfigurationError for a value that is no secret.
   */
  get(): string | undefined | Promise<string> {
    const source = this.#source;
    const isFresh = this.#current !== undefined && this.#client.clock.now() < this.#freshUntil;
    if (source === undefined || isFresh) return this.#current;
    this.#asked ??= this.#ask(source).finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  /** Notes that the provider has refused the secret: the source is asked again before the next request. */
  refused(): void {
    this.#freshUntil = 0;
  }

  async #ask(source: ClientSecretSource): Promise<string> {
    const { provider, clock } = this.#client;
    const value: unknown = await callSecretFunction(source, {
      name: "clientSecret",
      effect: "nothing was sent",
      code: "CLIENT_SECRET_UNAVAILABLE",
      ...this.#client,
    });
    const given = (isObject(value) ? value : { secret: value }) as { readonly secret: string };
    const problems = optionProblems(given, VALUE_RULES, "clientSecret().");
    const { secret, expiresAt = Number.POSITIVE_INFINITY }: Exclude<ClientSecretValue, string> =
      given;
    if (problems.length === 0 && expiresAt <= clock.now()) {
      problems.push("clientSecret().expiresAt is past: return a secret that is still valid");
    }
    throwProblems("What clientSecret() returned", problems, provider);
    this.#keep(secret);
    this.#freshUntil = expiresAt - LEEWAY;
    return secret;
  }

  #keep(secret: string | undefined): void {
    if (secret === undefined || secret === this.#current) return;
    this.#known = this.#current === undefined ? [secret] : [secret, this.#current];
    this.#current = secret;
  }
}

const secrets = new WeakMap<object, () => ClientSecret>();

/** Lets the package of a provider read the secret of a client by {@link clientSecretOf}. */
export function shareSecret(client: object, secret: () => ClientSecret): void {
  secrets.set(client, secret);
}

/**
 * Gives a client's secret, for the calls that only one provider has: at once where it is known, otherwise by a promise;
 * undefined for a public client.
 *
 * @throws OAuthError with code `CLIENT_SECRET_UNAVAILABLE`; ConfigurationError for a value that is no secret.
 */
export function clientSecretOf(client: object): string | undefined | Promise<string> {
  return secrets.get(client)?.().get();
}

const mustBeSecret: OptionRule = (value, name) =>
  typeof value === "string" && value !== "" && value.trim() === value
    ? []
    : [`${name} must be a string without white space around it, and not empty`];

const VALUE_RULES: OptionRules<Exclude<ClientSecretValue, string>> = {
  secret: mustBeSecret,
  expiresAt: must("be in milliseconds since the epoch", (value) => Number.isFinite(value)),
};
