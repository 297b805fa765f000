import { defineOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import { overridesOf, type PresetOptions } from "./preset-options.ts";

/** What Discogs needs to know of an app. */
export interface DiscogsOptions extends PresetOptions {
  /**
   * The name of your app as Discogs wants it in every request, for example `my-app/1.0 +https://app.example.com`; without
   * one of their own, apps are turned away sooner.
   *
   * @defaultValue `"grantkit"`
   */
  readonly userAgent?: string;
}

/**
 * Discogs.
 *
 * @see https://www.discogs.com/developers/#page:authentication,header:authentication-oauth-flow
 */
export function discogs(options: DiscogsOptions = {}): OAuth1Provider {
  const { userAgent = "grantkit" } = options;
  return defineOAuth1Provider(
    {
      name: "discogs",
      endpoints: {
        requestToken: "https://api.discogs.com/oauth/request_token",
        authorization: "https://www.discogs.com/oauth/authorize",
        accessToken: "https://api.discogs.com/oauth/access_token",
      },
      api: { baseUrl: "https://api.discogs.com", headers: { "User-Agent": userAgent } },
      tokenRequestMethods: { requestToken: "GET" },
    },
    overridesOf("discogs", options),
  );
}
