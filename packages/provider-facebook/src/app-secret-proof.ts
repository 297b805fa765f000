import type { Clock, Hook, ProtectedRequestHookValue } from "@grantkit/core";
import type { AppSecretKey } from "./app-secret.ts";

/**
 * Makes a hook that adds `appsecret_proof` to each call: the HMAC-SHA256 of the access token with the app secret, which
 * proves that the call comes from the app's server and not from a thief of the token.
 *
 * @param clock - Adds `appsecret_time`, so that the proof is valid for five minutes only.
 * @see https://developers.facebook.com/documentation/facebook-login/security#proof
 */
export function appSecretProof(
  key: AppSecretKey,
  clock: Clock | undefined,
): Hook<ProtectedRequestHookValue> {
  return async (request) => {
    const { accessToken } = request.token;
    const time = clock && String(Math.floor(clock.now() / 1000));
    const message = time === undefined ? accessToken : `${accessToken}|${time}`;
    const proof = await proofOf(key, message, "appSecretProof");
    const url = withParameter(request.url, "appsecret_proof", proof);
    return {
      ...request,
      url: time === undefined ? url : withParameter(url, "appsecret_time", time),
    };
  };
}

/**
 * Makes a proof of the app secret.
 *
 * @throws ConfigurationError that names the call, for a client without a secret.
 */
export async function proofOf(key: AppSecretKey, message: string, call: string): Promise<string> {
  const bytes = await key.sign(message, call);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Lists what is wrong with the option: a proof that cannot be made must not be left out silently. */
export function appSecretProofProblems(option: unknown, appSecret: unknown): string[] {
  if (option !== undefined && typeof option !== "boolean" && option !== "timed") {
    return ['appSecretProof must be true, false or "timed"'];
  }
  return option !== undefined && option !== false && appSecret === undefined
    ? ["appSecretProof needs clientSecret: the proof is made with it"]
    : [];
}

/** Sets a query parameter and leaves the rest of the query as the caller wrote it. */
function withParameter(address: string, name: string, value: string): string {
  const url = new URL(address);
  if (url.searchParams.has(name)) url.searchParams.set(name, value);
  else url.search += `${url.search === "" ? "?" : "&"}${name}=${value}`;
  return url.href;
}
