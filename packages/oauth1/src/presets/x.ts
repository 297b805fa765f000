import { defineOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import { overridesOf, type PresetOptions } from "./preset-options.ts";

/**
 * X (formerly Twitter): the API's endpoints that act for a user.
 *
 * @see https://docs.x.com/fundamentals/authentication/oauth-1-0a/overview
 */
export function x(options: PresetOptions = {}): OAuth1Provider {
  return defineOAuth1Provider(
    {
      name: "x",
      endpoints: {
        requestToken: "https://api.x.com/oauth/request_token",
        authorization: "https://api.x.com/oauth/authorize",
        accessToken: "https://api.x.com/oauth/access_token",
      },
      api: {
        baseUrl: "https://api.x.com",
        origins: ["https://upload.x.com", "https://api.twitter.com", "https://upload.twitter.com"],
      },
    },
    overridesOf("x", options),
  );
}
