import type { Flow } from "../flows/flow.ts";
import { oauth1Program } from "./oauth1-code.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signedIn } from "./signed-in.ts";
import { signingFields } from "./signing-fields.ts";

/** The exchange of a user's name and password for a token. */
export const oauth1XAuth: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-xauth",
  title: "xAuth",
  group: "Get a token",
  teaser: "Exchanges a user's password for a token, where the provider allows it to the app.",
  button: () => "Get a token",
  fields: (target) => [
    {
      name: "username",
      label: "User name",
      kind: "text",
      required: true,
      ...(target.sampleUser && { initial: target.sampleUser.name }),
    },
    {
      name: "password",
      label: "Password",
      hint: "It goes to the provider once. An app that asks for it could do anything with it.",
      kind: "secret",
      required: true,
      ...(target.sampleUser && { initial: target.sampleUser.password }),
    },
    ...signingFields(target),
  ],
  run: async (context) => {
    const { client, values } = context;
    const session = await client();
    const username = values.text("username") ?? "";
    const password = values.text("password") ?? "";
    return signedIn(context, await session.fetchXAuthToken({ username, password }));
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      lines: `
const session = new OAuth1Session(app);
export const token = await session.fetchXAuthToken({
  username: ${JSON.stringify(values.text("username") ?? "")},
  password: process.env["USER_PASSWORD"] ?? "",
});`,
    }),
};
