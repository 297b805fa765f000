import type { Clock, Hook, ProtectedRequestHookValue } from "@grantkit/core";
import { hmacSha256 } from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";

/**
 * Makes a hook that adds `appsecret_proof` to each call: the HMAC-SHA256 of the access token with the app secret, which
 * proves that the call comes from the app's server and not from a thief of the token.
 *
 * @param client - Gives the client, once there is one.
 * @param clock - Adds `appsecret_time`, so that the proof is valid for five minutes only.
 * @see https://developers.facebook.com/documentation/facebook-login/security#proof
 */
export function appSecretProof(
  client: () => object,
  clock: Clock | undefined,
): Hook<ProtectedRequestHookValue> {
  return async (request) => {
    const { accessToken } = request.token;
    const time = clock && String(Math.floor(clock.now() / 1000));
    const message = time === undefined ? accessToken : `${accessToken}|${time}`;
    const secret = await appSecretOf(client(), "appSecretProof");
    const proof = await hmacSha256(secret, message, "hex");
    const url = withParameter(request.url, "appsecret_proof", proof);
    return {
      ...request,
      url: time === undefined ? url : withParameter(url, "appsecret_time", time),
    };
  };
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
