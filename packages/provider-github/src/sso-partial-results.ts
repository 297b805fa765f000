import { headerOf } from "@grantkit/core/requests";

/**
 * Reads which organizations a list leaves out, because the user has not authorized the token for their single sign-on.
 *
 * @param response - The response of `session.get()`, `session.fetch()` or any other method, or a page of `session.pages()`.
 * @returns The IDs of the organizations; undefined for a list that leaves out nothing.
 * @see https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
 *
 * @example
 * ```ts
 * import { type Session, ssoPartialResults } from "@grantkit/provider-github";
 *
 * export async function warnOfMissingRepositories(session: Session): Promise<void> {
 *   for await (const page of session.pages("/user/repos")) {
 *     const organizations = ssoPartialResults(page);
 *     if (organizations) console.warn("The list is not complete:", organizations);
 *   }
 * }
 * ```
 */
export function ssoPartialResults(response: { readonly headers: object }): string[] | undefined {
  const header = headerOf(response, "x-github-sso");
  const [, ids] = /^partial-results;\s*organizations=([\d,\s]+)$/i.exec(header) ?? [];
  return ids?.match(/\d+/g) ?? undefined;
}
