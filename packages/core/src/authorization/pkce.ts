import { sha256 } from "../crypto/digest.ts";
import type { EndpointParameters } from "../endpoints/endpoint-parameters.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { ProviderDefinition } from "../provider-definition.ts";

type Pkce = ProviderDefinition["pkce"];

/** Computes the challenge of a verifier (RFC 7636 §4.2); undefined without PKCE. */
export function challengeOf(
  pkce: Pkce,
  codeVerifier: string,
): ReturnType<typeof sha256> | undefined {
  if (pkce === false) return undefined;
  if (pkce === "plain") return codeVerifier;
  return sha256(codeVerifier, pkce === "sha256-hex" ? "hex" : "base64url");
}

/** Gives the parameters of an authorization request with a challenge (RFC 7636 §4.3). */
export function challengeParameters(pkce: Pkce, challenge: string | undefined): EndpointParameters {
  return {
    // Undefined without PKCE: nothing else adds a challenge whose verifier nobody has.
    code_challenge: challenge,
    code_challenge_method: challenge && (pkce === "plain" ? "plain" : "S256"),
  };
}

/**
 * Refuses the result of a hook, or of another function of the app, in which a parameter is not as the client set it.
 *
 * @param subject - What returned it, as errors name it.
 * @param names - The parameters that no hook may change, drop or add.
 * @throws ConfigurationError that lists each of them.
 */
export function refuseChangedParameters(
  provider: string,
  subject: string,
  names: readonly string[],
  set: EndpointParameters,
  returned: EndpointParameters,
): void {
  const [before, after] = [ownFields(set), ownFields(returned)];
  const problems = names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    const what = is === undefined ? "dropped" : was === undefined ? "added" : "changed";
    return [
      `it ${what} ${name}: return it as the client set it, because it protects the sign-in; what a provider does without, its definition says`,
    ];
  });
  throwProblems(subject, problems, provider);
}
