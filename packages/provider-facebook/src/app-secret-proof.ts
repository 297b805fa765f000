import type { Hook, ProtectedRequestHookValue } from "@grantkit/core";

/** Gives the app secret, which a client may have from a function. */
export type AppSecret = () => string | undefined | Promise<string>;

/**
 * Makes a hook that adds `appsecret_proof` to each call: the HMAC-SHA256 of the access token with the app secret, which
 * proves that the call comes from the app's server and not from a thief of the token.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/security#proof
 */
export function appSecretProof(appSecret: AppSecret): Hook<ProtectedRequestHookValue> {
  let imported: string | undefined;
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;
  return async (request) => {
    const given = appSecret();
    const secret = typeof given === "object" ? await given : given;
    if (key === undefined || secret !== imported) {
      imported = secret;
      key = crypto.subtle.importKey(
        "raw",
        new TextEncoder().encode(secret),
        { name: "HMAC", hash: "SHA-256" },
        false,
        ["sign"],
      );
    }
    const message = new TextEncoder().encode(request.token.accessToken);
    const proof = new Uint8Array(await crypto.subtle.sign("HMAC", await key, message));
    return { ...request, url: withParameter(request.url, "appsecret_proof", hex(proof)) };
  };
}

/** Lists what is wrong with the option: a proof that cannot be made must not be left out silently. */
export function appSecretProofProblems(option: unknown, appSecret: unknown): string[] {
  if (option !== undefined && typeof option !== "boolean") {
    return ["appSecretProof must be true or false"];
  }
  return option === true && appSecret === undefined
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

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
