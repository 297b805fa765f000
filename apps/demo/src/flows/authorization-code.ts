import type { AuthorizationRequestOptions } from "@grantkit/core";
import type { Target } from "../targets/target.ts";
import { clientCode, optionsCode } from "./code.ts";
import type { Field, Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";

const fieldsOf = (target: Target): readonly Field[] => [
  {
    name: "scope",
    label: "Scopes",
    hint: "What the token may do (RFC 6749 §3.3).",
    kind: "words",
    options: target.scopes.map((value) => ({ value, label: value })),
    initial: target.defaultScopes.join(" "),
  },
  {
    name: "prompt",
    label: "Prompt",
    hint: "Whether the provider asks again (OpenID Connect Core §3.1.2.1).",
    kind: "choice",
    options: ["", "none", "login", "consent", "select_account"].map((value) => ({
      value,
      label: value === "" ? "as the provider likes" : value,
    })),
    more: true,
  },
  {
    name: "login_hint",
    label: "Login hint",
    hint: "The user that you expect (OpenID Connect Core §3.1.2.1).",
    kind: "text",
    more: true,
  },
  {
    name: "extra",
    label: "Further parameters",
    hint: "name=value, one in each line. The SDK refuses to replace those that it sets itself.",
    kind: "lines",
    more: true,
  },
];

/** The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636). */
export const authorizationCode: Flow = {
  id: "authorization-code",
  title: "Sign in",
  group: "Get a token",
  teaser: "Authorization code with PKCE (RFC 6749 §4.1, RFC 7636): sends the user to the provider.",
  button: ({ title }) => `Sign in with ${title}`,
  fields: fieldsOf,
  run: async ({ client, values }) => {
    const request = await client.authorizationRequest(optionsOf(values));
    return {
      url: request.url,
      key: request.state,
      finish: async (callback) => {
        const token = await client.fetchToken(callback, request);
        return {
          title: "Signed in",
          text: "The callback was checked, and the code exchanged for a token.",
          token,
          data: { profile: await client.profile(token) },
        };
      },
    };
  },
  code: (target, values) => `${clientCode(target, values)}
const request = await client.authorizationRequest(${optionsCode(optionsOf(values))});
// Store the request in the user's session, and send the browser to request.url. In the callback:
const token = await client.fetchToken(callbackUrl, request);
const profile = await client.profile(token);
`,
};

function optionsOf(values: FormValues): AuthorizationRequestOptions {
  const scope = values.words("scope");
  const prompt = values.text("prompt");
  const loginHint = values.text("login_hint");
  const parameters = {
    ...values.pairs("extra"),
    ...(prompt && { prompt }),
    ...(loginHint && { login_hint: loginHint }),
  };
  return {
    ...(scope && { scope }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}
