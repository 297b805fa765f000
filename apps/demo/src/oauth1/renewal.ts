import { OAuth1Token } from "@grantkit/oauth1";
import type { Flow } from "../flows/flow.ts";
import { heldOAuth1Token } from "./held-oauth1-token.ts";
import { oauth1Program } from "./oauth1-code.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signingFields } from "./signing-fields.ts";

/** The renewal of a token with its session handle (OAuth Session 1.0). */
export const oauth1Renewal: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-renewal",
  title: "Refresh the token",
  group: "Use the token",
  teaser: "Gets a new token for an old one and its session handle (OAuth Session 1.0).",
  button: () => "Refresh",
  needsToken: true,
  fields: (target) => [
    {
      name: "how",
      label: "Refresh",
      kind: "choice",
      options: [
        { value: "now", label: "now" },
        { value: "expired", label: "when a request finds the token expired" },
      ],
    },
    ...signingFields(target),
  ],
  run: async ({ client, target, values, visitor }) => {
    const held = heldOAuth1Token(visitor, target);
    const isExpired = values.text("how") === "expired";
    const token = isExpired
      ? OAuth1Token.from({ ...held.toJSON(), expiresAt: new Date(0).toISOString() })
      : held;
    const session = await client({
      token,
      onTokenUpdate: (next) => void visitor.oauth1Tokens.set(target.id, next),
    });
    const title = "The token was refreshed";
    if (!isExpired) return { title, oauth1Token: await session.refresh() };
    const { data } = await session.get<unknown>(target.profile);
    return { title, data, ...(session.token && { oauth1Token: session.token }) };
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      imports: ["type OAuth1Token"],
      lines: `
export async function refresh(token: OAuth1Token, save: (next: OAuth1Token) => Promise<void>) {
  // A request refreshes a token that has expired, and awaits onTokenUpdate first.
  const session = new OAuth1Session({ ...app, token, onTokenUpdate: save });
  ${values.text("how") === "expired" ? `await session.get(${JSON.stringify(target.profile)});` : "await session.refresh();"}
  return session.token;
}`,
    }),
};
