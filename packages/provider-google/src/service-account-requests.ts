import {
  type AssertionToSign,
  type GrantOptions,
  type OAuth2ClientOptions,
  systemClock,
  type TokenRequestHookValue,
  type TokenResponseHookValue,
} from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import type { ServiceAccountKeyFile } from "./service-account-key.ts";
import type { GoogleServiceAccountOptions } from "./service-account-options.ts";
import { expiryOf } from "./account-session.ts";

/** The options of the client that an account is. */
export function accountOptions(
  key: ServiceAccountKeyFile,
  client: Omit<GoogleServiceAccountOptions, "key" | "keyFile" | "endpoints">,
): OAuth2ClientOptions {
  const { hooks, clock = systemClock } = ownOptions(client);
  const own = ownOptions(hooks);
  return {
    ...client,
    clientId: key.client_email,
    // The assertion authenticates the account: Google wants neither a client ID nor a secret beside it.
    clientAuthentication: () => undefined,
    hooks: {
      ...own,
      tokenRequest: [withScopeInAssertionOnly, own?.tokenRequest ?? []].flat(),
      tokenResponse: [
        (response: TokenResponseHookValue) => withIdTokenAsToken(response, clock.now()),
        own?.tokenResponse ?? [],
      ].flat(),
    },
  };
}

/** What an account signs to get an access token, and the key that it signs with. */
export function accessAssertion(
  key: ServiceAccountKeyFile,
  scope: readonly string[],
  subject: string | undefined,
): AssertionToSign & Pick<GrantOptions, "scope"> {
  const claims = { scope: scope.join(" "), ...(subject !== undefined && { sub: subject }) };
  return { scope, claims, ...signerOf(key) };
}

/** What an account signs to get an ID token, and the key that it signs with. */
export function idTokenAssertion(
  key: ServiceAccountKeyFile,
  targetAudience: string,
): AssertionToSign {
  return { claims: { target_audience: targetAudience }, ...signerOf(key) };
}

/** The key that an account signs with. */
export function signerOf({
  private_key: key,
  private_key_id: keyId,
}: ServiceAccountKeyFile): Pick<AssertionToSign, "key" | "keyId"> {
  return { key, ...(keyId !== undefined && { keyId }) };
}

/** Google answers an assertion with `target_audience` by an ID token alone, which is for another service to verify. */
function withIdTokenAsToken(response: TokenResponseHookValue, now: number): TokenResponseHookValue {
  const { id_token: idToken, ...body } = response.body;
  if (typeof idToken !== "string" || body["access_token"] !== undefined) return response;
  const exp = expiryOf(idToken);
  const expiry = exp && { expires_in: Math.max(0, Math.floor((exp.getTime() - now) / 1000)) };
  return { ...response, body: { ...body, access_token: idToken, token_type: "Bearer", ...expiry } };
}

function withScopeInAssertionOnly(request: TokenRequestHookValue): TokenRequestHookValue {
  const { scope: _signed, ...body } = request.body;
  return { ...request, body };
}
