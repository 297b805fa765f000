import type { ProviderDefinition, Token } from "@grantkit/core";
import { ownFields } from "@grantkit/core/requests";

/** Tokens with which the whole grant is deleted: all tokens of the user, and the consent. */
export const wholeGrants: WeakSet<Token> = new WeakSet();

/**
 * Deletes a token, or the whole grant. GitHub has this in place of RFC 7009.
 *
 * @see https://docs.github.com/rest/apps/oauth-applications
 */
export const deleteAtGitHub: NonNullable<ProviderDefinition["revoke"]> = async (api, token) => {
  const what = wholeGrants.has(token) ? "grant" : "token";
  await api.withClient({
    method: "DELETE",
    url: `/applications/${encodeURIComponent(api.clientId)}/${what}`,
    json: { access_token: token.accessToken },
    // GitHub's 404 means that there is no such token, or no longer: the goal is reached.
    isGone: ({ status, body }) => status === 404 && isGitHubs404(body),
  });
};

/**
 * Whether the body is that of GitHub's own 404. A wrong host and a proxy in between answer 404 too, and the token lives on.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
function isGitHubs404(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  const { message, documentation_url: page } = ownFields(body as Readonly<Record<string, unknown>>);
  return (
    message === "Not Found" &&
    typeof page === "string" &&
    /^https:\/\/(?:docs|developer)\.github\.com\//.test(page)
  );
}
