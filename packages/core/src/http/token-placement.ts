import type { AxiosInstance, AxiosRequestConfig, InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";

/**
 * Where an access token goes in a request (RFC 6750 §2).
 *
 * `"header"` is `Authorization: Bearer …`; `"query"` is `?access_token=…`; `"body"` is a form field
 * `access_token`. The long forms name another scheme or field.
 */
export type TokenPlacement =
  | "header"
  | "query"
  | "body"
  | { readonly in: "header"; readonly scheme?: string }
  | { readonly in: "query"; readonly name?: string }
  | { readonly in: "body"; readonly name?: string };

/** A placement with its defaults filled in. */
export interface ResolvedPlacement {
  readonly in: "header" | "query" | "body";
  /** The scheme for a header, the field's name otherwise. */
  readonly name: string;
}

const HEADER: ResolvedPlacement = { in: "header", name: "Bearer" };
const QUERY: ResolvedPlacement = { in: "query", name: "access_token" };
const BODY: ResolvedPlacement = { in: "body", name: "access_token" };

/** Fills in the defaults; undefined for what is no placement. */
export function resolvePlacement(placement: unknown): ResolvedPlacement | undefined {
  if (placement === "header") return HEADER;
  if (placement === "query") return QUERY;
  if (placement === "body") return BODY;
  return typeof placement === "object" && placement !== null
    ? resolveLongForm(placement as Record<string, unknown>)
    : undefined;
}

/** Fills in the defaults of a placement that was checked before. */
export function checkedPlacement(placement: TokenPlacement): ResolvedPlacement {
  return resolvePlacement(placement) ?? HEADER;
}

function resolveLongForm(placement: Record<string, unknown>): ResolvedPlacement | undefined {
  const { in: where } = placement;
  if (where !== "header" && where !== "query" && where !== "body") return undefined;
  const name =
    where === "header" ? (placement["scheme"] ?? "Bearer") : (placement["name"] ?? "access_token");
  return typeof name === "string" && /^[\w.~-]+$/.test(name) ? { in: where, name } : undefined;
}

/** The query of a URL with the token in it; fragment and other parameters stay as they are. */
export function placeInUrl(url: string, name: string, accessToken: string): string {
  const [location = "", fragment] = url.split("#", 2);
  const separator = location.includes("?") ? (/[?&]$/.test(location) ? "" : "&") : "?";
  const field = new URLSearchParams({ [name]: accessToken }).toString();
  return `${location}${separator}${field}${fragment === undefined ? "" : `#${fragment}`}`;
}

/**
 * A form body with the token in it; undefined for a body that is not a form.
 * An absent body becomes a form that has the token alone.
 */
export function placeInBody(
  body: unknown,
  name: string,
  accessToken: string,
): URLSearchParams | undefined {
  if (
    body !== undefined &&
    body !== null &&
    typeof body !== "string" &&
    !(body instanceof URLSearchParams)
  ) {
    return undefined;
  }
  const form = new URLSearchParams(body ?? "");
  form.set(name, accessToken);
  return form;
}

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
