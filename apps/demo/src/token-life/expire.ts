import { program } from "../flows/code.ts";
import type { Flow } from "../flows/flow.ts";
import { heldToken } from "../flows/held-token.ts";
import { expired } from "./expired.ts";

/** Ends the access token before its time, here and at the emulator, so that the next call has to refresh it. */
export const expire: Flow = {
  id: "expire",
  title: "Expire it now",
  group: "Use the token",
  teaser: "Moves the token's expiry into the past. Then call the API, and watch the refresh.",
  button: () => "Expire it now",
  needsToken: true,
  fields: () => [],
  run: async ({ target, visitor }) => {
    const held = heldToken(visitor, target);
    target.expireAccessTokens?.();
    visitor.tokens.set(target.id, { ...held, token: expired(held.token) });
    return {
      title: "The token has expired",
      text: held.token.refreshToken
        ? "Call the API now: the session refreshes the token first, and sends the request with the new one."
        : "It has no refresh token: an API call throws TOKEN_EXPIRED, and sends nothing.",
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["Token"],
      lines: `
// In a test: a call with the token as it will be when it has expired.
export async function callLater(token: Token, save: (next: Token) => Promise<void>) {
  const expired = Token.from({ ...token.toJSON(), expiresAt: new Date(0).toISOString() });
  const session = client.session(expired, { onTokenUpdate: save });
  const { data } = await session.get(${JSON.stringify(target.sample)});
  return data;
}`,
    }),
};
