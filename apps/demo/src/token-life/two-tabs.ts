import { randomUUID } from "node:crypto";
import { MemoryTokenStore, type OAuth2Session, type Token } from "@grantkit/core";
import { program } from "../flows/code.ts";
import type { Flow } from "../flows/flow.ts";
import { heldToken } from "../flows/held-token.ts";
import { expired } from "./expired.ts";
import { sentBy } from "./sent-by.ts";
import { keepUpdates, refreshedIdToken } from "./token-updates.ts";

const TABS = ["tab 1", "tab 2"];

/** Two tabs of one user, whose sessions read one store: one refreshes, and the other takes the new token. */
export const twoTabs: Flow = {
  id: "two-tabs",
  title: "Two tabs, one store",
  group: "Use the token",
  teaser:
    "Two sessions find the stored token expired at once: one refreshes it, the other adopts it.",
  button: () => "Call the API from both",
  needsToken: "refreshable",
  fields: () => [],
  run: async ({ client, target, values, visitor }) => {
    const { token } = heldToken(visitor, target);
    const store = new MemoryTokenStore();
    const key = randomUUID();
    const told: string[] = [];
    const keep = keepUpdates(visitor, target);
    // A client for each: two that share one would not even ask the store.
    const clients = TABS.map(() => target.createClient(values));
    await clients[0]?.storedSession({ store, key, token: expired(token) });
    const sessions = await Promise.all(
      clients.map((each, index) =>
        each.storedSession({
          store,
          key,
          onTokenUpdate: (...update) => {
            told.push(TABS[index] ?? "");
            return keep(...update);
          },
        }),
      ),
    );
    const { tokenRequests, apiRequests } = await sentBy(client.provider.endpoints, () =>
      Promise.all(sessions.map((session) => session.get<unknown>(target.sample))),
    );
    const [first, second] = sessions;
    const newest = newestOf(sessions) ?? token;
    visitor.tokens.set(target.id, { ...visitor.tokens.get(target.id), token: newest });
    return {
      title:
        tokenRequests === 1 ? "One refreshed, the other adopted its token" : "Both have a token",
      text: "The store's lock lets one refresh. Whoever waited for it reads the store again, finds a new token, and sends no refresh of its own.",
      ...refreshedIdToken(visitor, target),
      data: {
        tokenRequests,
        apiRequests,
        onTokenUpdateTold: told,
        sameToken: first?.token?.accessToken === second?.token?.accessToken,
      },
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type TokenStore"],
      lines: `
/** In each tab, server or process, with a store that they share. */
export async function callApi(store: TokenStore, userId: string) {
  const session = await client.storedSession({ store, key: userId });
  const { data } = await session.get(${JSON.stringify(target.sample)});
  return data;
}`,
    }),
};

function newestOf(sessions: readonly OAuth2Session[]): Token | undefined {
  return sessions.find(({ token }) => token !== undefined)?.token;
}
