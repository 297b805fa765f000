import {
  ConfigurationError,
  defineProvider,
  type Provider,
  type TokenResponseHookValue,
} from "@grantkit/core";
import { textField } from "./text-field.ts";

/** Which Mailchimp. */
export interface MailchimpOptions {
  /** The data center of the account, for example `"us6"`: what `https://login.mailchimp.com/oauth2/metadata` calls `dc`. */
  readonly dataCenter: string;
}

/**
 * Mailchimp. Strange: every account's API is on its data center's host; token responses have `expires_in: 0`, which
 * means "never", and `scope: null`, which core reads as "not sent".
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for what is no data center.
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
    profile: (raw) => ({
      id: textField(raw, "account_id") ?? "",
      email: textField(raw, "email"),
      raw,
    }),
    hooks: { tokenResponse: withoutZeroLifetime },
  });
}

/** A made-up lifetime would end a token that cannot be refreshed. */
function withoutZeroLifetime(response: TokenResponseHookValue): TokenResponseHookValue | undefined {
  const { expires_in: lifetime, ...body } = response.body;
  return lifetime === 0 || lifetime === "0" ? { ...response, body } : undefined;
}
