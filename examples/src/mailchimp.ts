import {
  ConfigurationError,
  defineProvider,
  type Provider,
  type TokenResponseHookValue,
} from "@grantkit/core";

/** Options of {@link mailchimp}. */
export interface MailchimpOptions {
  /** The data center of the account, for example `"us6"`: the field `dc` of `https://login.mailchimp.com/oauth2/metadata`. */
  readonly dataCenter: string;
}

/**
 * Mailchimp. The API's host depends on the account's data center. Token responses have `expires_in: 0`, which means "never
 * expires", and `scope: null`, which core treats as missing.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) if `dataCenter` is not the name of a data center.
 * @see https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/
 */
export function mailchimp({ dataCenter }: MailchimpOptions): Provider {
  if (!/^[a-z]+\d+$/.test(dataCenter)) {
    throw new ConfigurationError("The provider mailchimp", [
      'dataCenter must be a name like "us6"',
    ]);
  }
  return defineProvider({
    name: "mailchimp",
    endpoints: {
      authorization: "https://login.mailchimp.com/oauth2/authorize",
      token: "https://login.mailchimp.com/oauth2/token",
      userInfo: "/",
    },
    api: { baseUrl: `https://${dataCenter}.api.mailchimp.com/3.0` },
    profile: { id: "account_id", email: "email" },
    hooks: { tokenResponse: withoutZeroLifetime },
  });
}

/** Removes the lifetime 0, because core would treat the token as expired and there is no refresh token. */
function withoutZeroLifetime(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  const { expires_in: lifetime, ...body } = response.body;
  return lifetime === 0 || lifetime === "0" ? { ...response, body } : undefined;
}
