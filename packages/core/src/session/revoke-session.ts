import type { SessionContext } from "./session-context.ts";
import type { TokenSource } from "./token-source.ts";

/** Ends a token here, in the store and at the provider, in this order: what fails later undoes nothing. */
export async function revokeSession(
  { client }: SessionContext,
  source: TokenSource,
): Promise<void> {
  const { tokens, failure } = await source.forget();
  const { revokeToken } = await import("../endpoints/revocation.ts");
  const outcomes = await Promise.allSettled(tokens.map((token) => revokeToken(client, token)));
  if (failure) throw failure;
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused) throw refused.reason as Error;
}
