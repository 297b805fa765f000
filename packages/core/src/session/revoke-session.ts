import { missingEndpoint } from "../endpoints/missing-endpoint.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { ownFields } from "../options/own-fields.ts";
import type { TokenSource } from "../refresh/token-source.ts";
import { canRevoke, revokeAtProvider } from "./revoke-token.ts";
import type { SessionContext } from "./session-context.ts";

/** The result of `session.revoke()`. */
export interface Revocation {
  /**
   * Whether the provider has revoked the token. False for a provider that has no way to do so: the token is forgotten here
   * and in the store, but whoever else has it can use it until it expires, or until the user removes the app.
   */
  readonly atProvider: boolean;
}

/** Ends a token here, in the store and at the provider, in this order: a later failure undoes no earlier step. */
export async function revokeSession(
  context: SessionContext,
  source: TokenSource,
): Promise<Revocation> {
  const { provider } = context.client;
  const atProvider = canRevoke(provider);
  // Checked before anything is forgotten: a discovered endpoint that was ignored is a mistake to mend first.
  const ignored = atProvider ? "" : missingEndpoint(provider, "revocation", "");
  if (ignored !== "") throw new ConfigurationError("session.revoke()", [ignored], provider.name);
  const { tokens, failure } = ownFields(await source.forget());
  const work = atProvider ? tokens.map((token) => revokeAtProvider(context, token)) : [];
  const outcomes = await Promise.allSettled(work);
  if (failure) throw failure;
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused) throw refused.reason as Error;
  return { atProvider };
}
