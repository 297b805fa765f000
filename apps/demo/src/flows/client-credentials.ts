import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { FURTHER_PARAMETERS, grantOptions, resourceField, scopeField } from "./grant-fields.ts";

/** The client credentials grant (RFC 6749 §4.4). */
export const clientCredentials: Flow = {
  id: "client-credentials",
  title: "Client credentials",
  group: "Get a token",
  teaser: "A token for the app itself, without a user (RFC 6749 §4.4).",
  button: () => "Get a token for the app",
  fields: (target) => [scopeField(target, []), resourceField(target), FURTHER_PARAMETERS],
  run: async ({ client, values }) => ({
    title: "The app has a token",
    text: "It belongs to no user. A session of the client credentials grant would fetch the next one by itself.",
    token: await client.fetchClientCredentialsToken(grantOptions(values)),
  }),
  code: (target, values) =>
    program(target, values, {
      lines: `
const token = await client.fetchClientCredentialsToken(${optionsCode(grantOptions(values))});
console.log(token.expiresAt);

// Or, to call an API: this session fetches its tokens by itself.
const session = client.clientCredentialsSession(${optionsCode(grantOptions(values))});
const { data } = await session.get(${JSON.stringify(target.sample)});
console.log(data);`,
    }),
};
