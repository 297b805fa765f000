/**
 * The names under which countries register others' domains: nobody owns all subdomains of `co.uk`. The whole list of such
 * suffixes, hosts of users' pages among them, changes weekly and is not in here.
 */
const REGISTRY = /^(?:ac|co|com|edu|gob|gouv|gov|go|mil|ne|net|nom|org|or|sch)\.[a-z]{2}$/;

/**
 * Reads an origin with a wildcard: `https://*.example.com` gives `.example.com`.
 *
 * After `*.` come at least two labels, none of them empty, that are neither an address nor a registry of names such as
 * `co.uk`: the token would go to anybody who has a domain there.
 *
 * @returns undefined for an origin without a wildcard, and for one that is too wide.
 */
export function wildcardSuffix(origin: string): string | undefined {
  const domain = /^https:\/\/\*\.((?:[a-z0-9-]+\.)+[a-z0-9-]*[a-z][a-z0-9-]*)\/?$/.exec(
    origin,
  )?.[1];
  return domain === undefined || REGISTRY.test(domain) ? undefined : `.${domain}`;
}
