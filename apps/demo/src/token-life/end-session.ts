import { isOAuthError } from "@grantkit/core";
import { program } from "../flows/code.ts";
import type { Flow } from "../flows/flow.ts";
import { heldToken } from "../flows/held-token.ts";
import { sentBy } from "./sent-by.ts";

/** Ends the session: the token is revoked, and the next call sends nothing (RFC 7009). */
export const endSession: Flow = {
  id: "end-session",
  title: "End the session",
  group: "Use the token",
  teaser: "Revokes the token (RFC 7009), then tries one more call with the same session.",
  button: () => "Revoke, then call the API",
  needsToken: true,
  fields: () => [],
  run: async ({ client, target, visitor }) => {
    const session = client.session(heldToken(visitor, target).token);
    const { atProvider } = await session.revoke();
    visitor.tokens.delete(target.id);
    const next = await sentBy(client.provider.endpoints, async () => {
      try {
        await session.get(target.sample);
        return undefined;
      } catch (error) {
        if (isOAuthError(error)) return { errorCode: error.code, message: error.message };
        throw error;
      }
    });
    return {
      title: "It is over",
      text: atProvider
        ? "The provider revoked the token, and the session refused the next call before it sent anything."
        : "This provider has no way to revoke a token: it was forgotten here, and the session refused the next call.",
      data: {
        revokedAtProvider: atProvider,
        nextCall: { ...next.result, requestsSent: next.apiRequests + next.tokenRequests },
      },
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type Token"],
      lines: `
export async function signOut(token: Token) {
  const session = client.session(token);
  const { atProvider } = await session.revoke();
  // Every later request of the session throws SESSION_ENDED, and sends nothing.
  return atProvider;
}`,
    }),
};
