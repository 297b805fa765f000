import { program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { heldToken } from "./held-token.ts";

/** The user info (OpenID Connect Core §5.3), or what the provider has in its place. */
export const userInfo: Flow = {
  id: "user-info",
  title: "User info",
  group: "Use the token",
  teaser: "Who the user is (OpenID Connect Core §5.3).",
  button: () => "Fetch the user info",
  needsToken: true,
  fields: () => [
    {
      name: "form",
      label: "Field names",
      kind: "choice",
      options: [
        { value: "", label: "the same for all providers: profile()" },
        { value: "raw", label: "the provider's own: userInfo()" },
      ],
    },
  ],
  run: async ({ client, target, values, visitor }) => {
    const { token } = heldToken(visitor, target);
    const isRaw = values.text("form") === "raw";
    return {
      title: "The user",
      data: await (isRaw ? client.userInfo(token) : client.profile(token)),
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type Token"],
      lines: `
export const userOf = (token: Token) => client.${values.text("form") === "raw" ? "userInfo" : "profile"}(token);`,
    }),
};
