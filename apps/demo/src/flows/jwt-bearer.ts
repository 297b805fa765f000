import type { JwtBearerOptions } from "@grantkit/core";
import { typedKey } from "../client/client-options.ts";
import type { Target } from "../targets/target.ts";
import { optionsCode, program, secret } from "./code.ts";
import type { Flow } from "./flow.ts";
import { type FormValues, wrongField } from "./form-values.ts";
import { FURTHER_PARAMETERS, grantOptions, resourceField, scopeField } from "./grant-fields.ts";

/** The JWT bearer grant (RFC 7523 §2.1). */
export const jwtBearer: Flow = {
  id: "jwt-bearer",
  title: "JWT bearer",
  group: "Get a token",
  teaser: "A token for an assertion that the app signs (RFC 7523 §2.1).",
  button: () => "Get a token with an assertion",
  fields: (target) => [
    {
      name: "claims",
      label: "Claims",
      hint: "JSON. By default iss is the client ID, aud the token endpoint, exp in five minutes, jti random.",
      kind: "lines",
      initial: target.samples?.claims ?? '{ "sub": "" }',
      required: true,
    },
    {
      name: "assertion_key",
      label: "Key",
      hint: target.assertionKey
        ? "PEM or JWK. Empty: this page's key, which is registered here."
        : "PEM or JWK.",
      kind: "lines",
    },
    { name: "key_id", label: "Key ID", hint: "The header kid.", kind: "text", more: true },
    scopeField(target),
    resourceField(target),
    FURTHER_PARAMETERS,
  ],
  run: async ({ client, target, values }) => ({
    title: "The assertion was accepted",
    token: await client.fetchJwtBearerToken(optionsOf(target, values)),
  }),
  code: (target, values) => {
    const keyId = values.text("key_id");
    const options = {
      claims: values.json("claims") ?? {},
      key: secret("ASSERTION_KEY"),
      ...(keyId !== undefined && { keyId }),
      ...grantOptions(values),
    };
    return program(target, values, {
      lines: `
const token = await client.fetchJwtBearerToken(${optionsCode(options)});
console.log(token.expiresAt);`,
    });
  },
};

function optionsOf({ assertionKey }: Target, values: FormValues): JwtBearerOptions {
  const key = typedKey(values.text("assertion_key")) ?? assertionKey;
  if (key === undefined) throw wrongField("Key", "is empty: paste the key that signs");
  const keyId = values.text("key_id");
  return {
    // The SDK checks what they are.
    claims: values.json("claims") as Readonly<Record<string, unknown>>,
    key,
    ...(keyId !== undefined && { keyId }),
    ...grantOptions(values),
  };
}
