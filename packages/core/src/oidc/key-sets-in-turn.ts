import { OAuthError } from "../errors/oauth-error.ts";

/**
 * Verifies a JWT with the first of several key sets that has its key.
 *
 * @param keySets - Their URLs; undefined stands for the provider's own.
 * @param verify - Verifies the JWT with one of them.
 * @throws OAuthError that the last one asked threw.
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
      failure = error;
      if (!lacksKey(error)) break;
    }
  }
  throw failure;
}

function lacksKey(error: unknown): boolean {
  const { code } = OAuthError.isInstance(error) ? error : {};
  return code === "KEY_SELECTION_FAILED" || code === "KEY_SET_UNAVAILABLE";
}
