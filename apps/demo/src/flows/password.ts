import { optionsCode, program, secret } from "./code.ts";
import type { Flow } from "./flow.ts";
import { FURTHER_PARAMETERS, grantOptions, scopeField } from "./grant-fields.ts";

/** The password grant (RFC 6749 §4.3), which RFC 9700 forbids. */
export const password: Flow = {
  id: "password",
  title: "Password",
  group: "Get a token",
  teaser:
    "The app sees the user's password (RFC 6749 §4.3). RFC 9700 §2.4 forbids it: it is here for old servers.",
  button: () => "Get a token by password",
  fields: (target) => [
    {
      name: "username",
      label: "User name",
      kind: "text",
      initial: target.samples?.user?.name ?? "",
      required: true,
    },
    {
      name: "password",
      label: "Password",
      kind: "secret",
      initial: target.samples?.user?.password ?? "",
      required: true,
    },
    scopeField(target),
    FURTHER_PARAMETERS,
  ],
  run: async ({ client, values }) => ({
    title: "The password was right",
    token: await client.fetchPasswordToken({
      username: values.text("username") ?? "",
      password: values.text("password") ?? "",
      ...grantOptions(values),
    }),
  }),
  code: (target, values) => {
    const options = {
      username: values.text("username") ?? "",
      password: secret("PASSWORD"),
      ...grantOptions(values),
    };
    return program(target, values, {
      lines: `
const token = await client.fetchPasswordToken(${optionsCode(options)});
console.log(token.expiresAt);`,
    });
  },
};
