import { defineOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import { overridesOf, type PresetOptions } from "./preset-options.ts";

/**
 * Tumblr.
 *
 * @see https://www.tumblr.com/docs/en/api/v2#oauth1-authorization
 */
export function tumblr(options: PresetOptions = {}): OAuth1Provider {
  return defineOAuth1Provider(
    {
      name: "tumblr",
      endpoints: {
        requestToken: "https://www.tumblr.com/oauth/request_token",
        authorization: "https://www.tumblr.com/oauth/authorize",
        accessToken: "https://www.tumblr.com/oauth/access_token",
      },
      api: { baseUrl: "https://api.tumblr.com/v2" },
    },
    overridesOf("tumblr", options),
  );
}
