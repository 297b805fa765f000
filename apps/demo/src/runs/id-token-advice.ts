import type { RunError } from "./run-error.ts";

/** Says what to look at after an ID token was refused, by the check that failed. */
export function idTokenAdvice({ details }: Pick<RunError, "details">, provider: string): string {
  const claim = details?.["claim"];
  const advise = typeof claim === "string" ? ADVICE.get(claim) : undefined;
  return `Do not sign the user in. ${advise?.(provider) ?? "If it happens with every sign-in, compare the ID token with the client's options."}`;
}

const OTHER_SIGN_IN =
  "The ID token belongs to another sign-in: store each authorization request in the session of its user, and use it once.";

/** By the claim or the part that `details.claim` names. */
const ADVICE = new Map<string, (provider: string) => string>([
  [
    "signature",
    (provider) =>
      `A key other than ${provider}'s signed it. Check who answered: a proxy, or endpoints.jwks and the issuer of another environment.`,
  ],
  [
    "kid",
    (provider) =>
      `${provider} does not publish the key that it names. Check endpoints.jwks: it may be that of another environment.`,
  ],
  [
    "alg",
    (provider) =>
      `Compare its alg with what ${provider}'s console has for this client, and with the definition's idToken.`,
  ],
  ["iss", () => "Compare its iss with the issuer in the client's definition."],
  ["aud", () => "Compare its aud with the client ID: it was made for another app."],
  ["azp", () => "Compare its azp with the client ID: it was made for another app."],
  ["nonce", () => OTHER_SIGN_IN],
  ["at_hash", () => "It did not come with this access token. Check who answered: a proxy?"],
  ["c_hash", () => "It did not come with this code. Check who answered: a proxy?"],
  ["exp", () => "It is an old one: let the user sign in again, and check the machine's clock."],
  ["auth_time", () => "The user signed in too long ago: let the user sign in again."],
]);
