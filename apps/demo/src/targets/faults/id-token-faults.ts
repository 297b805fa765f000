import type { GoogleEmulator, IdTokenFlaw } from "@grantkit/emulator";
import { decodeJwt } from "../../jwt/decode-jwt.ts";
import type { Fault } from "../fault.ts";
import { ID_TOKENS, SIGN_IN } from "./shown-in.ts";
import { switched } from "./switched.ts";

const FLAWS: readonly {
  readonly flaw: Exclude<IdTokenFlaw, "none">;
  readonly title: string;
  readonly effect: string;
}[] = [
  {
    flaw: "forged-signature",
    title: "An ID token with a forged signature",
    effect: "Another key than the provider's signed the ID token.",
  },
  {
    flaw: "wrong-issuer",
    title: "An ID token of another issuer",
    effect: "The ID token had the iss https://issuer.invalid.",
  },
  {
    flaw: "wrong-audience",
    title: "An ID token for another app",
    effect: "The ID token had the aud another-client: somebody else's token, passed on.",
  },
  {
    flaw: "wrong-nonce",
    title: "An ID token with the nonce of another sign-in",
    effect: "The ID token belonged to another sign-in: its nonce was not this one's.",
  },
  {
    flaw: "missing-nonce",
    title: "An ID token without a nonce",
    effect: "The ID token had no nonce, so nothing tied it to this sign-in.",
  },
  {
    flaw: "wrong-at-hash",
    title: "An ID token with the hash of another access token",
    effect: "The at_hash of the ID token was that of another access token.",
  },
  {
    flaw: "expired",
    title: "An ID token that has expired",
    effect: "The ID token was issued two hours ago, and its exp had passed.",
  },
];

/** What can be wrong with the ID tokens of an emulator. */
export function idTokenFaults(
  emulator: Pick<GoogleEmulator, "authorize"> & {
    readonly configure: (switches: { readonly idToken: IdTokenFlaw }) => void;
  },
): readonly Fault[] {
  return FLAWS.map(({ flaw, title, effect }) => ({
    id: `id-token-${flaw}`,
    title,
    by: "provider",
    flows: ID_TOKENS,
    needsIdToken: true,
    effect,
    begin: switched(emulator, { idToken: flaw }, { idToken: "none" }),
    reissue: async (authorizationUrl, callback) => {
      const idToken = new URLSearchParams(callback.hash.slice(1)).get("id_token");
      const user = decodeJwt(idToken ?? "")?.claims["sub"];
      if (typeof user !== "string") return;
      callback.hash = new URL(await emulator.authorize(authorizationUrl, { user })).hash;
    },
  }));
}

/** New signing keys, while clients still hold the old ones. */
export function rotatedKeys(emulator: { readonly rotateKeys: () => Promise<unknown> }): Fault {
  return {
    id: "rotated-keys",
    title: "Signing keys that were rotated",
    by: "provider",
    flows: SIGN_IN,
    effect:
      "From this run on, ID tokens are signed with a new key, which no client has seen. Sign in without the fault first: then the old keys are in memory.",
    begin: async () => {
      await emulator.rotateKeys();
      return () => {};
    },
  };
}
