import type { OAuth2ClientOptions } from "@grantkit/core";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import {
  GoogleClient,
  GoogleServiceAccount,
  type ServiceAccountKeyFile,
} from "@grantkit/provider-google";
import { MicrosoftClient } from "@grantkit/provider-microsoft";
import type { AppCall, DemoProvider } from "./demo-provider.ts";

type ClientOptions = OAuth2ClientOptions & { readonly endpoints?: object };

/** What a provider's client is made with: the real provider's credentials, or its emulator's. */
export interface ProviderSettings {
  readonly client: ClientOptions;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator: string | undefined;
}

/** Google; the key is that of the emulator's service account. */
export function googleDemo(
  { client: options, emulator }: ProviderSettings,
  key: ServiceAccountKeyFile | undefined,
): DemoProvider {
  const client = new GoogleClient(options);
  return {
    name: "google",
    title: "Google",
    mark: "G",
    teaser: "OpenID Connect: an ID token whose signature is verified, and a refresh token.",
    client,
    begin: () => client.authorizationRequest({ accessType: "offline", prompt: "consent" }),
    sample: client.provider.endpoints.userInfo ?? "",
    noQuery: "Google is phasing out tokens in URLs, so the preset uses the header only.",
    noRefresh: "Google sent no refresh token this time.",
    noEmail: "none given",
    appCall: key && serviceAccount(options, key),
    emulator,
  };
}

/** GitHub. */
export function githubDemo({ client: options, emulator }: ProviderSettings): DemoProvider {
  const client = new GitHubClient(options);
  return {
    name: "github",
    title: "GitHub",
    mark: "GH",
    teaser:
      "OAuth 2.0: errors with status 200, comma-separated scopes and rotating refresh tokens.",
    client,
    begin: () => client.authorizationRequest(),
    sample: "/user/repos?per_page=3",
    noQuery: "GitHub has refused tokens in URLs since 2021.",
    noRefresh: "This app's tokens do not expire, so they need no refresh.",
    noEmail: "no verified primary address",
    emulator,
  };
}

/** Facebook. */
export function facebookDemo({ client: options, emulator }: ProviderSettings): DemoProvider {
  const client = new FacebookClient(options);
  return {
    name: "facebook",
    title: "Facebook",
    mark: "F",
    teaser: "OAuth 2.0 and the Graph API, with the token in the header or in the query.",
    client,
    // By default Facebook never asks again for a permission that the user declined.
    begin: () => client.authorizationRequest({ authType: "rerequest" }),
    sample: "/me/permissions",
    noRefresh: "Facebook exchanges a token for a newer one only for an app with a secret.",
    noEmail: "none given",
    noDevice: "Facebook's sign-in for devices does not follow RFC 8628.",
    appCall: {
      as: "the app itself",
      session: client.clientCredentialsSession(),
      // An app may inspect every token of its own, including this one.
      sample: ({ accessToken }) => `/debug_token?input_token=${encodeURIComponent(accessToken)}`,
    },
    emulator,
  };
}

/** Microsoft. */
export function microsoftDemo({ client: options, emulator }: ProviderSettings): DemoProvider {
  const client = new MicrosoftClient(options);
  return {
    name: "microsoft",
    title: "Microsoft",
    mark: "M",
    teaser: "OpenID Connect: an issuer for each tenant, and Microsoft Graph.",
    client,
    begin: () => client.authorizationRequest({ prompt: "select_account" }),
    sample: "/me",
    noQuery: "Microsoft Graph reads the token in the header only.",
    noRefresh: "Microsoft sent no refresh token this time.",
    noEmail: "none given",
    emulator,
  };
}

function serviceAccount(
  { endpoints, http, clock }: ClientOptions,
  key: ServiceAccountKeyFile,
): AppCall {
  const client = new GoogleServiceAccount({
    key,
    ...(endpoints && { endpoints }),
    ...(http && { http }),
    ...(clock && { clock }),
  });
  return {
    as: "a service account",
    session: client.session({ scope: ["https://www.googleapis.com/auth/calendar.readonly"] }),
    sample: () => "/calendar/v3/users/me/calendarList",
  };
}
