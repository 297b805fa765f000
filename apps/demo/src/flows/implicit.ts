import type { AuthorizationRequestHookValue, AuthorizationRequestOptions } from "@grantkit/core";
import type { Target } from "../targets/target.ts";
import type { ImplicitType } from "../targets/implicit-types.ts";
import { USER_FIELDS, userOptions } from "./authorization-options.ts";
import { optionsCode, program, raw } from "./code.ts";
import type { Field, Flow } from "./flow.ts";
import { type FormValues, wrongField } from "./form-values.ts";
import { FURTHER_PARAMETERS, scopeField } from "./grant-fields.ts";

const LABELS: Readonly<Record<ImplicitType, string>> = {
  "id_token token": "id_token token: with ID token",
  token: "token: without",
};

function typeField({ implicitTypes }: Target): Field {
  return {
    name: "response_type",
    label: "Response type",
    hint: "With an ID token (OpenID Connect Core §3.2), its faults can be chosen below.",
    kind: "choice",
    options: implicitTypes.map((value) => ({ value, label: LABELS[value] })),
  };
}

/** The implicit grant (RFC 6749 §4.2), which RFC 9700 advises against. */
export const implicit: Flow = {
  id: "implicit",
  title: "Implicit",
  group: "Get a token",
  teaser:
    "The token comes in the fragment of the callback (RFC 6749 §4.2). It leaks: RFC 9700 §2.1.2 advises against it.",
  button: ({ title }) => `Sign in with ${title}, implicitly`,
  fields: (target) => [typeField(target), scopeField(target), ...USER_FIELDS, FURTHER_PARAMETERS],
  clientOptions: (target, values) =>
    typeOf(target, values) === "token" ? {} : { hooks: { authorizationRequest: askForIdToken } },
  run: async ({ client, target, values }) => {
    const fault = target.faults.find(({ id }) => id === values.text("fault"));
    if (fault?.needsIdToken && typeOf(target, values) === "token") {
      throw wrongField(
        "Response type",
        "has to be id_token token for this fault: without an ID token there is nothing wrong with it",
      );
    }
    const request = await client.authorizationRequest(optionsOf(values));
    return {
      url: request.url,
      key: request.state,
      inFragment: true,
      finish: async (callback) => ({
        title: "Signed in, implicitly",
        text: "The browser handed on the fragment, which servers never see.",
        token: await client.tokenFromFragment(String(callback), request),
      }),
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type AuthorizationRequest"],
      ...(typeOf(target, values) !== "token" && {
        options: { hooks: { authorizationRequest: raw(HOOK) } },
      }),
      lines: `
export const begin = () => client.authorizationRequest(${optionsCode(optionsOf(values))});

// With the callback's whole address, which only the page knows: location.href.
export const finish = (href: string, request: AuthorizationRequest) =>
  client.tokenFromFragment(href, request);`,
    }),
};

/** The response type that was chosen, or else the target's usual one. */
function typeOf({ implicitTypes }: Target, values: FormValues): ImplicitType {
  const chosen = values.text("response_type");
  return implicitTypes.find((type) => type === chosen) ?? implicitTypes[0] ?? "token";
}

/** The SDK sends a nonce with the scope openid, and verifies an ID token that comes, but never asks for one by itself. */
function askForIdToken(request: AuthorizationRequestHookValue): AuthorizationRequestHookValue {
  const { parameters } = request;
  return { ...request, parameters: { ...parameters, response_type: "id_token token" } };
}

const HOOK = `(request) => ({
      ...request,
      parameters: { ...request.parameters, response_type: "id_token token" },
    })`;

function optionsOf(values: FormValues): AuthorizationRequestOptions {
  return { responseType: "token", ...userOptions(values) };
}
