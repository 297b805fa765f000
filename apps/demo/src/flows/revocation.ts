import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { hintField, hintOf } from "./grant-fields.ts";
import { heldToken } from "./held-token.ts";

/** Revocation (RFC 7009), or the provider's own way. */
export const revocation: Flow = {
  id: "revocation",
  title: "Revoke",
  group: "Use the token",
  teaser: "The provider ends the token (RFC 7009). Call the API afterwards to see it.",
  button: () => "Revoke the token",
  needsToken: true,
  fields: () => [hintField("both, the refresh token first")],
  run: async ({ client, target, values, visitor }) => {
    await client.revokeToken(heldToken(visitor, target).token, hintOf(values));
    return {
      title: "Revoked",
      text: "You still hold the token, to see that it no longer works.",
    };
  },
  code: (target, values) => {
    const options = optionsCode(hintOf(values));
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export const signOut = (token: Token) => client.revokeToken(token${options && `, ${options}`});`,
    });
  },
};
