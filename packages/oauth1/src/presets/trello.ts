import { defineOAuth1Provider, type OAuth1Provider } from "../provider.ts";
import { overridesOf, type PresetOptions } from "./preset-options.ts";

/**
 * Trello. What is asked for goes into the authorization URL: `name` (of your app), `scope` (`read,write,account`) and
 * `expiration` (`1hour`, `1day`, `30days`, `never`).
 *
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/#using-basic-oauth
 */
export function trello(options: PresetOptions = {}): OAuth1Provider {
  return defineOAuth1Provider(
    {
      name: "trello",
      endpoints: {
        requestToken: "https://trello.com/1/OAuthGetRequestToken",
        authorization: "https://trello.com/1/OAuthAuthorizeToken",
        accessToken: "https://trello.com/1/OAuthGetAccessToken",
      },
      api: { baseUrl: "https://api.trello.com/1", origins: ["https://trello.com"] },
    },
    overridesOf("trello", options),
  );
}
