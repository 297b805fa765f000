import { createLocalJWKSet, jwtVerify } from "jose";
import { errors, type GrantContext, type IssuedToken, type Provider } from "oidc-provider";
import { issueIdToken } from "oidc-provider/lib/helpers/grant_common.js";
import validateDpop from "oidc-provider/lib/helpers/validate_dpop.js";
import type { PublicKeys } from "../client/page-keys.ts";
import { ACCOUNTS, findAccount } from "./accounts.ts";
import { CUSTOM_GRANTS } from "./registered-clients.ts";

const { InvalidGrant } = errors;
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** Whom a token is for, and what came with it. */
interface Issue {
  readonly accountId: string;
  readonly withRefreshToken: boolean;
  readonly further?: Readonly<Record<string, unknown>>;
}

/** Teaches oidc-provider the grants that it does not have: password, token exchange and JWT bearer. */
export function registerCustomGrants(provider: Provider, keys: PublicKeys): void {
  provider.registerGrantType(
    CUSTOM_GRANTS.password,
    async (context) => {
      const { username, password } = context.oidc.params;
      const account = ACCOUNTS.find(({ id, email }) => id === username || email === username);
      if (!account || account.password !== password) {
        throw new InvalidGrant("The user name or the password is wrong.");
      }
      await issue(context, { accountId: account.id, withRefreshToken: true });
    },
    ["username", "password", "scope"],
  );

  provider.registerGrantType(
    CUSTOM_GRANTS.tokenExchange,
    async (context) => {
      const { params } = context.oidc;
      const subject = await tokenOf(provider, params["subject_token"]);
      if (params["actor_token"] !== undefined) await tokenOf(provider, params["actor_token"]);
      await issue(context, {
        accountId: subject.accountId ?? "",
        withRefreshToken: false,
        further: { issued_token_type: ACCESS_TOKEN },
      });
    },
    [
      "subject_token",
      "subject_token_type",
      "actor_token",
      "actor_token_type",
      "requested_token_type",
      "audience",
      "resource",
      "scope",
    ],
    ["audience", "resource"],
  );

  const keySet = createLocalJWKSet({ keys: [...keys.keys] });
  provider.registerGrantType(
    CUSTOM_GRANTS.jwtBearer,
    async (context) => {
      const { client, params } = context.oidc;
      const { payload } = await jwtVerify(params["assertion"] ?? "", keySet, {
        issuer: client.clientId,
        audience: [provider.issuer, `${provider.issuer}/token`],
        requiredClaims: ["sub", "exp"],
        clockTolerance: 30,
      }).catch((error: unknown) => {
        throw new InvalidGrant(`The assertion: ${(error as Error).message}.`);
      });
      const account = ACCOUNTS.find(({ id }) => id === payload.sub);
      if (!account) throw new InvalidGrant("Nobody has the sub of the assertion.");
      await issue(context, { accountId: account.id, withRefreshToken: false });
    },
    ["assertion", "scope", "resource"],
    ["resource"],
  );
}

async function tokenOf(provider: Provider, text: string | undefined): Promise<IssuedToken> {
  const token = await provider.AccessToken.find(text ?? "");
  if (token?.isValid !== true) throw new InvalidGrant("The token to exchange is not valid.");
  return token;
}

async function issue(
  context: GrantContext,
  { accountId, withRefreshToken, further }: Issue,
): Promise<void> {
  const { client, params, provider } = context.oidc;
  const scope = params["scope"] ?? "openid";
  const proof = await validateDpop(provider, context);
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const fields = { accountId, client, grantId, scope, gty: params["grant_type"] };
  const token = new provider.AccessToken(fields);
  if (proof) token.setThumbprint("jkt", proof.thumbprint);
  context.oidc.entity("Account", findAccount(context, accountId));
  const refreshToken = withRefreshToken ? new provider.RefreshToken(fields) : undefined;
  // A public client's refresh token is bound to the key as well (RFC 9449 §5).
  if (proof && client.clientAuthMethod === "none")
    refreshToken?.setThumbprint("jkt", proof.thumbprint);
  context.body = {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope,
    refresh_token: await refreshToken?.save(),
    id_token: await issueIdToken(provider, context, token, token, grant),
    ...further,
  };
}
