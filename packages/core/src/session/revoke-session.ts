import { ConfigurationError } from "../errors/configuration-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { SessionContext } from "./session-context.ts";
import type { TokenSource } from "../refresh/token-source.ts";

/** Ends a token here, in the store and at the provider, in this order: a later failure undoes no earlier step. */
export async function revokeSession(
  { client }: SessionContext,
  source: TokenSource,
): Promise<void> {
  const { endpoints, name } = client.provider;
  if (endpoints.revocation === undefined) {
    // Checked before anything is forgotten: the provider's own way to end a token needs the token.
    throw new ConfigurationError(
      "session.revoke()",
      [
        `${name} has no revocation endpoint (endpoints.revocation), so nothing was changed: end the token in the provider's own way (see its package) and delete it where you store it`,
      ],
      name,
    );
  }
  const { tokens, failure } = ownFields(await source.forget());
  const { revokeToken } = await import("../endpoints/revocation.ts");
  const outcomes = await Promise.allSettled(tokens.map((token) => revokeToken(client, token)));
  if (failure) throw failure;
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused) throw refused.reason as Error;
}
