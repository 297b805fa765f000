import { ConfigurationError, type ProviderDefinition, type Token } from "@grantkit/core";
import { readFields } from "@grantkit/core/requests";
import { isAppJwt } from "./app-jwt.ts";
import { isInstallationToken } from "./installation-token.ts";
import { isGitHubs404 } from "./rest-call.ts";

/** Tokens with which the whole grant is deleted: all tokens of the user, and the consent. */
export const wholeGrants: WeakSet<Token> = new WeakSet();

/**
 * Deletes a token, or the whole grant. GitHub has this in place of RFC 7009.
 *
 * @see https://docs.github.com/rest/apps/oauth-applications
 */
export const deleteAtGitHub: NonNullable<ProviderDefinition["revoke"]> = async (api, token) => {
  if (isAppJwt(token)) {
    const problem = "the JWT of an app cannot be revoked; it expires within ten minutes";
    throw new ConfigurationError("revoke()", [problem], "github");
  }
  // https://docs.github.com/rest/apps/installations#revoke-an-installation-access-token
  if (isInstallationToken(token)) {
    await api.withToken({ method: "DELETE", url: "/installation/token" });
    return;
  }
  const what = wholeGrants.has(token) ? "grant" : "token";
  await api.withClient({
    method: "DELETE",
    url: `/applications/${encodeURIComponent(api.clientId)}/${what}`,
    json: { access_token: token.accessToken },
    // GitHub's 404 means that there is no such token, or no longer: the goal is reached.
    isGone: ({ status, body }) => {
      const { message, documentation_url: page } = readFields(body);
      return isGitHubs404(status, message, page);
    },
  });
};
