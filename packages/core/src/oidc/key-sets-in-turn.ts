import { OAuthError } from "../errors/oauth-error.ts";

/**
 * Verifies a JWT with the first of several key sets that has its key.
 *
 * @param keySets - Their URLs; undefined stands for the provider's own.
 * @param verify - Verifies the JWT with one of them.
 * @throws OAuthError that the last one asked threw; where none has the key, `KEY_SET_UNAVAILABLE` if one could not be fetched,
 * because that may have it.
 */
export async function verifyWithKeySets<Claims>(
  keySets: readonly (string | undefined)[],
  verify: (keySet: string | undefined) => Promise<Claims>,
): Promise<Claims> {
  let failure: unknown;
  for (const keySet of keySets) {
    try {
      return await verify(keySet);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "KEY_SELECTION_FAILED" && code !== "KEY_SET_UNAVAILABLE") throw error;
      if (codeOf(failure) !== "KEY_SET_UNAVAILABLE") failure = error;
    }
  }
  throw failure;
}

function codeOf(error: unknown): OAuthError["code"] | undefined {
  return OAuthError.isInstance(error) ? error.code : undefined;
}
