import type { TokenExchangeOptions } from "@grantkit/core";
import { optionsCode, program, raw, secret } from "./code.ts";
import type { Field, Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";
import { FURTHER_PARAMETERS, grantOptions, resourceField, scopeField } from "./grant-fields.ts";
import { heldToken } from "./held-token.ts";

const KINDS = ["access_token", "refresh_token", "id_token", "jwt", "saml1", "saml2"];

const kindField = (name: string, label: string, usual: string): Field => ({
  name,
  label,
  kind: "choice",
  options: [{ value: "", label: usual }, ...KINDS.map((value) => ({ value, label: value }))],
  more: true,
});

/** Token exchange (RFC 8693). */
export const tokenExchange: Flow = {
  id: "token-exchange",
  title: "Token exchange",
  group: "Get a token",
  teaser: "A token for another one: for another API, with less scope, or for a user (RFC 8693).",
  button: () => "Exchange the token",
  fields: (target) => [
    {
      name: "subject_token",
      label: "Subject token",
      hint: "On whose behalf. Empty: the token that you hold.",
      kind: "secret",
    },
    scopeField(target, []),
    kindField("subject_token_type", "Kind of the subject token", "access_token, the default"),
    {
      name: "actor_token",
      label: "Actor token",
      hint: "Who acts, for delegation (RFC 8693 §1.1).",
      kind: "secret",
      more: true,
    },
    kindField("actor_token_type", "Kind of the actor token", "access_token, the default"),
    kindField("requested_token_type", "Kind to get", "as the provider likes"),
    { name: "audience", label: "Audience", hint: "Names of services.", kind: "words", more: true },
    resourceField(target),
    FURTHER_PARAMETERS,
  ],
  run: async ({ client, target, values, visitor }) => ({
    title: "The token was exchanged",
    token: await client.exchangeToken({
      subjectToken: values.text("subject_token") ?? heldToken(visitor, target).token,
      ...actorOf(values),
      ...optionsOf(values),
    }),
  }),
  code: (target, values) => {
    const options = {
      subjectToken: raw("subject"),
      ...(actorOf(values).actorToken !== undefined && {
        ...actorOf(values),
        actorToken: secret("ACTOR_TOKEN"),
      }),
      ...optionsOf(values),
    };
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export const exchange = (subject: Token | string) =>
  client.exchangeToken(${optionsCode(options, "  ")});`,
    });
  },
};

function actorOf(values: FormValues): Pick<TokenExchangeOptions, "actorToken" | "actorTokenType"> {
  const actorToken = values.text("actor_token");
  const actorTokenType = values.text("actor_token_type");
  return {
    ...(actorToken !== undefined && { actorToken }),
    ...(actorTokenType !== undefined && { actorTokenType }),
  };
}

function optionsOf(values: FormValues): Omit<TokenExchangeOptions, "subjectToken"> {
  const subjectTokenType = values.text("subject_token_type");
  const requestedTokenType = values.text("requested_token_type");
  const audience = values.words("audience");
  return {
    ...(subjectTokenType !== undefined && { subjectTokenType }),
    ...(requestedTokenType !== undefined && { requestedTokenType }),
    ...(audience && { audience }),
    ...grantOptions(values),
  };
}
