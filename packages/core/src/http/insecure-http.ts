import { publishWarning } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { mustBeListOf, type OptionRule } from "../options/option-rules.ts";
import { isSecureUrl } from "./loopback.ts";

/** The plain http origins of one client to which its provider's definition lets secrets travel (`allowInsecureHttp`). */
export class InsecureHttp {
  /** The origins. */
  readonly origins: readonly string[];
  readonly #provider: string;
  #isTold = false;

  constructor(provider: string, origins: readonly string[] | undefined) {
    this.#provider = provider;
    this.origins = origins ?? [];
  }

  /** Whether secrets may travel to a URL. The first time that they may over plain http is published as a warning. */
  permits(url: URL): boolean {
    if (!isSecureUrl(url, this.origins)) return false;
    if (!this.#isTold && !isSecureUrl(url)) this.#warn(url.origin);
    return true;
  }

  /**
   * Checks the URL of a request to one of the provider's endpoints.
   *
   * @param what - The endpoint's name in errors.
   * @throws OAuthError with code `INSECURE_HTTP`.
   */
  check(url: string, what: string): void {
    if (url.startsWith("https:")) return;
    const target = new URL(url);
    if (this.permits(target)) return;
    const { origin } = target;
    const message = `The request to ${what} of ${this.#provider} was not sent: ${origin} is not https, and credentials travel over plain http only to this machine and to the origins in allowInsecureHttp of the provider's definition. If a hook changed the URL, give it https there.`;
    const provider = this.#provider;
    throw new OAuthError("INSECURE_HTTP", message, { provider, details: { origin } });
  }

  #warn(origin: string): void {
    this.#isTold = true;
    publishWarning(this.#provider, {
      code: "INSECURE_HTTP",
      message: `Credentials of ${this.#provider} travel over plain http to ${origin}, as the provider's definition allows (allowInsecureHttp): everybody on the way can read and change them. Use https, except on a network that nobody else is on.`,
      details: { origin },
    });
  }
}

/** Takes a list of exact http origins. */
export const mustBeInsecureOrigins: OptionRule = mustBeListOf(
  "origins",
  'be an exact http origin, for example "http://keycloak:8080": with neither a path, a slash at the end, a wildcard, capitals nor the port 80',
  (value) => insecureOrigins([value]).length === 1,
);

/** The entries of a list that are exact http origins: a definition's other values are refused where it is checked. */
export function insecureOrigins(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter(
    (value) =>
      typeof value === "string" &&
      /^http:\/\/[^*]+$/.test(value) &&
      URL.canParse(value) &&
      new URL(value).origin === value,
  );
}
