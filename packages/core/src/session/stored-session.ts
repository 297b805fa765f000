import { usableToken } from "../tokens/place-token.ts";
import { Token } from "../tokens/token.ts";
import { RecentlyUsed } from "../recently-used.ts";
import type { Profile } from "../profile.ts";
import { createSession, type OAuth2Session } from "./session.ts";
import type { SessionContext } from "./session-context.ts";
import { checkedSessionOptions, checkStore, type StoredSessionOptions } from "./session-options.ts";
import { StoredTokenSource } from "../refresh/stored-token.ts";

/** Records of one store that a client remembers; beyond that, the least recently used is forgotten and loaded again. */
const MOST_RECORDS = 10_000;

/** Opens a session with a stored token, or stores the token of a new sign-in. */
export async function openStoredSession<UserProfile extends Profile>(
  context: SessionContext,
  given: StoredSessionOptions,
): Promise<OAuth2Session<UserProfile>> {
  // From JavaScript nothing may come: the error then lists what is missing.
  const { store, key, token, ...rest } = given ?? {};
  const { provider } = context.client;
  const options = checkedSessionOptions("storedSession()", provider, rest);
  checkStore("storedSession()", provider.name, { store, key });
  const signedIn = token === undefined ? undefined : usableToken(Token.from(token));
  let records = context.stored.get(store);
  if (!records) {
    records = new RecentlyUsed(MOST_RECORDS, (source) => source.hold);
    context.stored.set(store, records);
  }
  // Sessions that have ended keep the old source; a new sign-in gets a new one.
  if (records.peek(key)?.ended) records.delete(key);
  const source = records.use(
    key,
    () => new StoredTokenSource(context.client, context.registry, store, key),
  );
  try {
    await (signedIn ? source.signIn(signedIn) : source.load());
  } catch (error) {
    if (!source.isLoaded) records.delete(key);
    throw error;
  }
  return createSession(context, source, options);
}
