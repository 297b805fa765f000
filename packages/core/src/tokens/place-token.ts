import type { AxiosInstance, AxiosRequestConfig, InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import {
  placeInBody,
  placeInUrl,
  type ResolvedPlacement,
  resolvePlacement,
  type TokenPlacement,
} from "./token-placement.ts";
import type { Token } from "./token.ts";

/**
 * An axios request config that carries the token as a Bearer header, for a call without a session.
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
 */
export function bearer(token: Token | string): { headers: { Authorization: string } } {
  return { headers: { Authorization: `Bearer ${accessTokenOf(token)}` } };
}

/**
 * Places a token in an axios request config, which is copied, or in every request of an axios instance, which is
 * returned. Nothing guards where the request goes: a session does.
 *
 * @param target - A request config or an instance.
 * @param token - A token, or an access token as a string.
 * @param placement - Where it goes.
 * @throws TypeError for a body placement when the config's body is not a form.
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
  return placeInConfig(target, token, resolved) as Target;
}

function placeInConfig(
  config: AxiosRequestConfig,
  token: Token | string,
  { in: where, name }: ResolvedPlacement,
): AxiosRequestConfig {
  const accessToken = accessTokenOf(token);
  if (where === "header") {
    const headers = config.headers as { set?: unknown } | undefined;
    if (typeof headers?.set === "function") {
      (headers as { set(name: string, value: string): void }).set(
        "Authorization",
        `${name} ${accessToken}`,
      );
      return config;
    }
    const placed = { ...(headers as object), Authorization: `${name} ${accessToken}` };
    return { ...config, headers: placed };
  }
  if (where === "query") {
    return { ...config, url: placeInUrl(config.url ?? "", name, accessToken) };
  }
  const data = placeInBody(config.data, name, accessToken);
  if (!data) throw new TypeError("a token can be placed only in a form body");
  return { ...config, data };
}

function accessTokenOf(token: Token | string): string {
  return typeof token === "string" ? token : usableToken(token).accessToken;
}

/**
 * The token, if an API takes it.
 *
 * @throws OAuthError with code `TOKEN_INVALID` for what a token exchange gave that is no access token.
 */
export function usableToken(token: Token): Token {
  if (token.tokenType !== "n_a") return token;
  throw new OAuthError(
    "TOKEN_INVALID",
    "This is no access token (its token_type is N_A, RFC 8693 §2.2.1), so no API takes it: pass token.accessToken to what it was asked for.",
  );
}
