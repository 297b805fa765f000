import type { AuthorizationRequestOptions } from "@grantkit/core";
import { USER_FIELDS, userOptions } from "./authorization-options.ts";
import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";
import { FURTHER_PARAMETERS, scopeField } from "./grant-fields.ts";

/** The implicit grant (RFC 6749 §4.2), which RFC 9700 advises against. */
export const implicit: Flow = {
  id: "implicit",
  title: "Implicit",
  group: "Get a token",
  teaser:
    "The token comes in the fragment of the callback (RFC 6749 §4.2). It leaks: RFC 9700 §2.1.2 advises against it.",
  button: ({ title }) => `Sign in with ${title}, implicitly`,
  fields: (target) => [scopeField(target), ...USER_FIELDS, FURTHER_PARAMETERS],
  run: async ({ client, values }) => {
    const request = await client.authorizationRequest(optionsOf(values));
    return {
      url: request.url,
      key: request.state,
      inFragment: true,
      finish: async (callback) => ({
        title: "Signed in, implicitly",
        text: "The browser handed on the fragment, which servers never see. Nothing was sent to the provider.",
        token: await client.tokenFromFragment(String(callback), request),
      }),
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type AuthorizationRequest"],
      lines: `
export const begin = () => client.authorizationRequest(${optionsCode(optionsOf(values))});

// With the callback's whole address, which only the page knows: location.href.
export const finish = (href: string, request: AuthorizationRequest) =>
  client.tokenFromFragment(href, request);`,
    }),
};

function optionsOf(values: FormValues): AuthorizationRequestOptions {
  return { responseType: "token", ...userOptions(values) };
}
