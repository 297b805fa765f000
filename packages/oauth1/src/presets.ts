import { ConfigurationError } from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import {
  defineOAuth1Provider,
  type OAuth1EndpointOverrides,
  type OAuth1Provider,
  type OAuth1ProviderDefinition,
} from "./provider.ts";

/** Options of every preset. */
export interface PresetOptions {
  /** Replaces the provider's endpoints: the `endpoints` of an emulator, for example. */
  readonly endpoints?: OAuth1EndpointOverrides;
}

/** Options of {@link discogs}. */
export interface DiscogsOptions extends PresetOptions {
  /**
   * The `User-Agent` of every request, for example `my-app/1.0 +https://app.example.com`. Discogs asks for one of your own
   * and limits apps without it sooner.
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
  const { userAgent = "grantkit" } = ownOptions(options);
  return preset(
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
    options,
  );
}

/**
 * Flickr. Pass the permission to `authorizationUrl()`: `{ parameters: { perms: "write" } }` (`read`, `write` or `delete`).
 * Upload a `FormData` to `https://up.flickr.com/services/upload/`: its text fields are signed, the photo is not.
 *
 * @see https://www.flickr.com/services/api/auth.oauth.html
 * @see https://www.flickr.com/services/api/upload.api.html
 */
export function flickr(options: PresetOptions = {}): OAuth1Provider {
  return preset(
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
      signsMultipartFields: true,
    },
    options,
  );
}

/**
 * Trello. Pass `name` (of your app), `scope` (`read,write,account`) and `expiration` (`1hour`, `1day`, `30days`, `never`) to
 * `authorizationUrl()` as `parameters`.
 *
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/#using-basic-oauth
 */
export function trello(options: PresetOptions = {}): OAuth1Provider {
  return preset(
    {
      name: "trello",
      endpoints: {
        requestToken: "https://trello.com/1/OAuthGetRequestToken",
        authorization: "https://trello.com/1/OAuthAuthorizeToken",
        accessToken: "https://trello.com/1/OAuthGetAccessToken",
      },
      api: { baseUrl: "https://api.trello.com/1", origins: ["https://trello.com"] },
    },
    options,
  );
}

/**
 * Tumblr.
 *
 * @see https://www.tumblr.com/docs/en/api/v2#oauth1-authorization
 */
export function tumblr(options: PresetOptions = {}): OAuth1Provider {
  return preset(
    {
      name: "tumblr",
      endpoints: {
        requestToken: "https://www.tumblr.com/oauth/request_token",
        authorization: "https://www.tumblr.com/oauth/authorize",
        accessToken: "https://www.tumblr.com/oauth/access_token",
      },
      api: { baseUrl: "https://api.tumblr.com/v2" },
    },
    options,
  );
}

/**
 * X (formerly Twitter): its API on behalf of a user. Upload media as a `FormData` to `https://upload.x.com` or
 * `https://upload.twitter.com`: none of its fields are signed.
 *
 * @see https://docs.x.com/fundamentals/authentication/oauth-1-0a/overview
 */
export function x(options: PresetOptions = {}): OAuth1Provider {
  return preset(
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
    options,
  );
}

/** @throws ConfigurationError for endpoints instead of options: requests would go to the real provider. */
function preset(definition: OAuth1ProviderDefinition, options: PresetOptions): OAuth1Provider {
  const { name } = definition;
  const own = ownOptions(options);
  if ("requestToken" in own || "authorization" in own || "accessToken" in own) {
    const problem = "these are endpoints, and it takes options: pass { endpoints }";
    throw new ConfigurationError(`The provider ${name}`, [problem], name);
  }
  return defineOAuth1Provider(definition, own.endpoints);
}
