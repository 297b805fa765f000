import type {
  FacebookEmulator,
  GitHubEmulator,
  GoogleEmulator,
  IdTokenFlaw,
  MicrosoftEmulator,
} from "@grantkit/emulator";
import type { Fault } from "./target.ts";

const SIGN_IN = ["authorization-code"] as const;

const ID_TOKEN_FLAWS: readonly { readonly flaw: IdTokenFlaw; readonly title: string }[] = [
  { flaw: "forged-signature", title: "An ID token with a forged signature" },
  { flaw: "wrong-issuer", title: "An ID token of another issuer" },
  { flaw: "wrong-audience", title: "An ID token for another app" },
  { flaw: "wrong-nonce", title: "An ID token with the nonce of another sign-in" },
  { flaw: "expired", title: "An ID token that has expired" },
];

/** What can go wrong at an emulator that issues ID tokens. */
function idTokenFaults(emulator: {
  readonly configure: (switches: { readonly idToken: IdTokenFlaw }) => void;
}): readonly Fault[] {
  return ID_TOKEN_FLAWS.map(({ flaw, title }) => ({
    id: `id-token-${flaw}`,
    title,
    by: "provider",
    flows: SIGN_IN,
    begin: () => {
      emulator.configure({ idToken: flaw });
      return () => emulator.configure({ idToken: "none" });
    },
  }));
}

/** A callback whose `iss` is that of another server (RFC 9207). */
function wrongIssuer(
  emulator: { readonly configure: (switches: { readonly iss: boolean | "wrong" }) => void },
  usual: boolean,
): Fault {
  return {
    id: "wrong-iss",
    title: "A callback of another issuer: mix-up (RFC 9207)",
    by: "provider",
    flows: SIGN_IN,
    begin: () => {
      emulator.configure({ iss: "wrong" });
      return () => emulator.configure({ iss: usual });
    },
  };
}

/** Faults of Google's emulator. */
export function googleFaults(emulator: GoogleEmulator): readonly Fault[] {
  return [...idTokenFaults(emulator), wrongIssuer(emulator, true)];
}

/** Faults of GitHub's emulator. */
export function githubFaults(emulator: GitHubEmulator): readonly Fault[] {
  return [wrongIssuer(emulator, true)];
}

/** Faults of Facebook's emulator. */
export function facebookFaults(emulator: FacebookEmulator): readonly Fault[] {
  return [wrongIssuer(emulator, false)];
}

/** Faults of Microsoft's emulator. */
export function microsoftFaults(emulator: MicrosoftEmulator): readonly Fault[] {
  return [...idTokenFaults(emulator), wrongIssuer(emulator, false)];
}
