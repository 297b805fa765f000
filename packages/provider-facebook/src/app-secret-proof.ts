import type { Hook, ProtectedRequestHookValue } from "@grantkit/core";

/**
 * Adds `appsecret_proof` to each call: the access token's HMAC-SHA256 under the app secret, which shows that the
 * call comes from the app's server and not from somebody who stole the token.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/security#proof
 */
export function appSecretProof(appSecret: string): Hook<ProtectedRequestHookValue> {
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;
  return async (request) => {
    key ??= crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(appSecret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const message = new TextEncoder().encode(request.token.accessToken);
    const proof = new Uint8Array(await crypto.subtle.sign("HMAC", await key, message));
    const url = new URL(request.url);
    url.searchParams.set("appsecret_proof", hex(proof));
    return { ...request, url: url.href };
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
