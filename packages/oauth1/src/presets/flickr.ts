import { defineOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import { overridesOf, type PresetOptions } from "./preset-options.ts";

/**
 * Flickr. The authorization URL says what is asked for: `perms` is `read`, `write` or `delete`.
 *
 * @see https://www.flickr.com/services/api/auth.oauth.html
 */
export function flickr(options: PresetOptions = {}): OAuth1Provider {
  return defineOAuth1Provider(
    {
      name: "flickr",
      endpoints: {
        requestToken: "https://www.flickr.com/services/oauth/request_token",
        authorization: "https://www.flickr.com/services/oauth/authorize",
        accessToken: "https://www.flickr.com/services/oauth/access_token",
      },
      api: {
        baseUrl: "https://api.flickr.com/services/rest",
        origins: ["https://www.flickr.com", "https://up.flickr.com"],
      },
      tokenRequestMethods: { requestToken: "GET", accessToken: "GET" },
    },
    overridesOf("flickr", options),
  );
}
