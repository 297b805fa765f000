import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { hintField, hintOf } from "./grant-fields.ts";
import { heldToken } from "./held-token.ts";

/** Introspection (RFC 7662). */
export const introspection: Flow = {
  id: "introspection",
  title: "Introspect",
  group: "Inspect",
  teaser: "What the provider says about a token (RFC 7662).",
  button: () => "Ask about the token",
  fields: () => [
    {
      name: "token",
      label: "Token",
      hint: "Empty: the token that you hold.",
      kind: "secret",
    },
    hintField("the access token"),
  ],
  run: async ({ client, target, values, visitor }) => {
    const token = values.text("token") ?? heldToken(visitor, target).token;
    const answer = await client.introspectToken(token, hintOf(values));
    return {
      title: answer.active ? "The token is active" : "The token is not active",
      data: answer,
    };
  },
  code: (target, values) => {
    const options = optionsCode(hintOf(values));
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export async function isActive(token: Token | string) {
  const { active } = await client.introspectToken(token${options && `, ${options}`});
  return active;
}`,
    });
  },
};
