import { isSecureUrl } from "./loopback.ts";

/** Whether a URL is missing: undefined, or a template string that begins with an environment variable that is not set. */
export function isUnsetUrl(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && /^undefined\b/.test(value));
}

/** Whether a value is a path of the API; "//" begins another host. */
export function isPath(value: unknown): value is string {
  return typeof value === "string" && /^\/(?!\/)/.test(value);
}

/**
 * Whether a text is an origin that tokens may be sent to.
 *
 * @param insecureHttp - Http origins that the provider's definition allows.
 */
export function isOrigin(value: unknown, insecureHttp: readonly string[]): boolean {
  if (typeof value !== "string" || value.includes("*") || !URL.canParse(value)) return false;
  const url = new URL(value);
  return isSecureUrl(url, insecureHttp) && url.origin === value.replace(/\/$/, "");
}

/**
 * Lists what is wrong with a URL that secrets are sent to.
 *
 * @param insecureHttp - Http origins that the provider's definition allows.
 */
export function urlProblems(
  name: string,
  value: unknown,
  insecureHttp: readonly string[] = [],
): string[] {
  if (isUnsetUrl(value)) {
    return [`${name} is missing: pass an absolute URL (is the environment variable set?)`];
  }
  if (typeof value !== "string" || !URL.canParse(value)) {
    return [`${name} must be an absolute URL, for example "https://example.com/path"`];
  }
  const url = new URL(value);
  if (!isSecureUrl(url, insecureHttp)) {
    return [
      `${name} must use https. Plain http is for this machine only (localhost, 127.0.0.1, [::1]), and for the origins in allowInsecureHttp of the definition`,
    ];
  }
  return url.username === "" && url.password === "" && url.hash === ""
    ? []
    : [`${name} must have no user name, password or fragment`];
}
