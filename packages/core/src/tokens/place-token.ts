import type { AxiosInstance, AxiosRequestConfig, InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import { ownFields } from "../options/own-fields.ts";
import {
  type ResolvedPlacement,
  resolvePlacement,
  type TokenPlacement,
} from "./token-placement.ts";
import type { Token } from "./token.ts";

/**
 * Builds an axios request config with the token as a Bearer header (RFC 6750 §2.1), for a call without a session.
 *
 * @example
 * ```ts
 * import axios from "axios";
 * import { bearer } from "@grantkit/core";
 *
 * export const whoAmI = (accessToken: string) =>
 *   axios.get("https://api.example.com/me", bearer(accessToken));
 * ```
 *
 * @param token - A token, or an access token as a string.
 * @throws OAuthError with code `TOKEN_INVALID` for a token that is not an access token.
 */
export function bearer(token: Token | string): { headers: { Authorization: string } } {
  return { headers: { Authorization: `Bearer ${accessTokenOf(token)}` } };
}

/**
 * Places a token in an axios request config, which is copied, or in every request of an axios instance, which is
 * returned. Unlike a session, this does not check where the request goes.
 *
 * @param target - A request config or an instance.
 * @param token - A token, or an access token as a string.
 * @param placement - Where it goes.
 * @throws TypeError for a bad placement, and for a body placement when the body is not a form; OAuthError with code
 * `TOKEN_INVALID` for a token that is not an access token.
 * @defaultValue placement is `"header"`
 */
export function placeToken<Target extends AxiosRequestConfig | AxiosInstance>(
  target: Target,
  token: Token | string,
  placement: TokenPlacement = "header",
): Target {
  const resolved = resolvePlacement(placement);
  if (!resolved) throw new TypeError('placement must be "header", "query" or "body"');
  if (typeof target === "function") {
    target.interceptors.request.use(
      (config) => placeInConfig(config, token, resolved) as InternalAxiosRequestConfig,
    );
    return target;
  }
  return placeInConfig(ownFields<AxiosRequestConfig>(target), token, resolved) as Target;
}

function placeInConfig(
  config: AxiosRequestConfig,
  token: Token | string,
  { in: where, name, prefix }: ResolvedPlacement,
): AxiosRequestConfig {
  const accessToken = accessTokenOf(token);
  if (where === "query") {
    return { ...config, url: placeInUrl(config.url ?? "", name, accessToken) };
  }
  if (where === "body") {
    const data = placeInBody(config.data, name, accessToken);
    if (!data) throw new TypeError("a token can be placed only in a form body");
    return { ...config, data };
  }
  const value = prefix + accessToken;
  // In an instance's interceptor, the config is axios's own and its headers are AxiosHeaders.
  if (typeof config.headers?.["set"] !== "function") {
    const others = Object.entries(config.headers ?? {}).filter(
      ([each]) => each.toLowerCase() !== name.toLowerCase(),
    );
    return { ...config, headers: { ...Object.fromEntries(others), [name]: value } };
  }
  (config as InternalAxiosRequestConfig).headers.set(name, value, true);
  return config;
}

function accessTokenOf(token: Token | string): string {
  return typeof token === "string" ? token : usableToken(token).accessToken;
}

/**
 * Returns the token if APIs accept it.
 *
 * @throws OAuthError with code `TOKEN_INVALID` for a token from a token exchange that is not an access token.
 */
export function usableToken(token: Token): Token {
  if (token.tokenType !== "n_a") return token;
  const message =
    "This is not an access token (its token_type is N_A, RFC 8693 §2.2.1), so no API accepts it: pass token.accessToken to the service that it was requested for.";
  throw new OAuthError("TOKEN_INVALID", message);
}

/** Adds a token to the query of a URL; fragment and other parameters stay as they are. */
export function placeInUrl(url: string, name: string, accessToken: string): string {
  const [location = "", fragment] = url.split("#", 2);
  const separator = location.includes("?") ? (/[?&]$/.test(location) ? "" : "&") : "?";
  const field = new URLSearchParams({ [name]: accessToken }).toString();
  return `${location}${separator}${field}${fragment === undefined ? "" : `#${fragment}`}`;
}

/** Adds a token to a form body, or makes a form of an absent one; undefined for a body that is not a form. */
export function placeInBody(
  body: unknown,
  name: string,
  accessToken: string,
): URLSearchParams | undefined {
  const given = body ?? "";
  if (typeof given !== "string" && !(given instanceof URLSearchParams)) return undefined;
  const form = new URLSearchParams(given);
  form.set(name, accessToken);
  return form;
}

/** Removes a token from a URL's query, under whatever name: a server may repeat it in a Location. */
export function removeFromUrl(url: URL, accessToken: string): URL {
  if (!url.search.includes("=")) return url;
  const clean = new URL(url);
  for (const [name, value] of url.searchParams) {
    if (value === accessToken) clean.searchParams.delete(name);
  }
  return clean;
}
