import type { OAuth2ClientOptions } from "@grantkit/core";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import {
  GoogleClient,
  GoogleServiceAccount,
  type ServiceAccountKeyFile,
} from "@grantkit/provider-google";
import type { AppCall, DemoProvider } from "./demo-provider.ts";

/** What a client is made of, whether its provider is real or emulated. */
type Settings = OAuth2ClientOptions & { readonly endpoints?: object };

/** A provider for which it is settled whether it is the real one. */
export interface Settled {
  readonly settings: Settings;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator: string | undefined;
}

/** Google. */
export function googleDemo(
  { settings, emulator }: Settled,
  robotKey: ServiceAccountKeyFile | undefined,
): DemoProvider {
  const client = new GoogleClient(settings);
  return {
    name: "google",
    title: "Google",
    mark: "G",
    teaser: "OpenID Connect: an ID token with a verified signature, and a refresh token.",
    client,
    begin: () => client.authorizationRequest({ accessType: "offline", prompt: "consent" }),
    sample: client.provider.endpoints.userInfo ?? "",
    noQuery: "Google is phasing out tokens in URLs, so the preset uses the header only.",
    noRefresh: "Google sent no refresh token this time.",
    noEmail: "none given",
    revoke: (token) => client.revokeToken(token),
    appCall: robotKey && serviceAccount(settings, robotKey),
    emulator,
  };
}

/** GitHub. */
export function githubDemo({ settings, emulator }: Settled): DemoProvider {
  const client = new GitHubClient(settings);
  return {
    name: "github",
    title: "GitHub",
    mark: "GH",
    teaser:
      "Errors with status 200, scopes separated by commas, rotating tokens: all handled for you.",
    client,
    begin: () => client.authorizationRequest(),
    sample: "/user/repos?per_page=3",
    noQuery: "GitHub has refused tokens in URLs since 2021.",
    noRefresh: "This app's tokens do not expire, so there is nothing to refresh.",
    noEmail: "no verified primary address",
    revoke: (token) => client.deleteToken(token),
    emulator,
  };
}

/** Facebook. */
export function facebookDemo({ settings, emulator }: Settled): DemoProvider {
  const client = new FacebookClient(settings);
  return {
    name: "facebook",
    title: "Facebook",
    mark: "F",
    teaser: "The Graph API, with the token in the header or in the query.",
    client,
    // Without this Facebook never asks again for what was declined once.
    begin: () => client.authorizationRequest({ authType: "rerequest" }),
    sample: "/me/permissions",
    noRefresh: "Facebook has no refresh tokens; its tokens are valid for weeks.",
    noEmail: "none given",
    noDevice: "Facebook's sign-in for devices does not follow the standard.",
    revoke: (token) => client.session(token).delete("/me/permissions"),
    appCall: {
      as: "the app itself",
      session: client.clientCredentialsSession(),
      // An app may ask about any token of its own, this one too.
      sample: ({ accessToken }) => `/debug_token?input_token=${encodeURIComponent(accessToken)}`,
    },
    emulator,
  };
}

function serviceAccount({ endpoints, http, clock }: Settings, key: ServiceAccountKeyFile): AppCall {
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
