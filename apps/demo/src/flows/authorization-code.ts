import { createHash } from "node:crypto";
import type {
  AuthorizationRequest,
  AuthorizationRequestOptions,
  OAuth2Client,
  Token,
} from "@grantkit/core";
import type { Target } from "../targets/target.ts";
import { USER_FIELDS, userOptions } from "./authorization-options.ts";
import { optionsCode, program } from "./code.ts";
import type { Field, Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";
import { FURTHER_PARAMETERS, resourceField, scopeField } from "./grant-fields.ts";

const fieldsOf = (target: Target): readonly Field[] => [
  scopeField(target),
  ...USER_FIELDS,
  {
    name: "max_age",
    label: "Maximum age",
    hint: "Seconds since the user last signed in at the provider; needs the scope openid (OpenID Connect Core §3.1.2.1).",
    kind: "text",
    more: true,
  },
  resourceField(target),
  {
    name: "authorization_details",
    label: "Authorization details",
    hint: detailsHint(target),
    kind: "lines",
    more: true,
  },
  {
    name: "pushed",
    label: "Push the request first",
    hint: "The browser then carries a reference to it: PAR (RFC 9126).",
    kind: "box",
    more: true,
  },
  {
    name: "response_mode",
    label: "Response mode",
    hint: "How the callback comes (OAuth 2.0 Form Post Response Mode).",
    kind: "choice",
    options: [
      { value: "", label: "query" },
      { value: "form_post", label: "form_post: a POST" },
    ],
    more: true,
  },
  FURTHER_PARAMETERS,
];

function detailsHint({ samples }: Target): string {
  const example = samples?.authorizationDetails?.replaceAll(/\s+/g, " ");
  const text = "JSON: a list of objects with a type (RFC 9396 §2).";
  return example === undefined ? text : `${text} For example ${example}`;
}

/** The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636). */
export const authorizationCode: Flow = {
  id: "authorization-code",
  title: "Sign in",
  group: "Get a token",
  teaser: "Authorization code with PKCE (RFC 6749 §4.1, RFC 7636): sends the user to the provider.",
  button: ({ title }) => `Sign in with ${title}`,
  fields: fieldsOf,
  run: async ({ client, values, target }) => {
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
          data: {
            ...(hasProfile(client, target, values, token) && {
              profile: await client.profile(token),
            }),
            pkce: pkceOf(request),
          },
        };
      },
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type AuthorizationRequest"],
      lines: `
// Keep the request in the user's session, and send the browser to its url.
export const begin = () => client.authorizationRequest(${optionsCode(optionsOf(values))});

// In the route of the callback${values.text("response_mode") ? ", which is a POST" : ""}:
export async function finish(callback: Request, request: AuthorizationRequest) {
  const token = await client.fetchToken(callback, request);
  return ${values.words("resource") ? "{ token }" : "{ token, profile: await client.profile(token) }"};
}`,
    }),
};

/** Whether there is a profile that the token can read: one for another API, or without the scope openid, cannot. */
function hasProfile(
  { provider }: OAuth2Client,
  { defaultScopes }: Target,
  values: FormValues,
  token: Token,
): boolean {
  if (values.words("resource")) return false;
  if (token.claims !== undefined) return true;
  const isOffered = provider.endpoints.userInfo !== undefined || provider.userInfo !== undefined;
  return isOffered && !defaultScopes.includes("openid");
}

/** Shows the two halves of PKCE; the secret one is spent by now. */
function pkceOf({ codeVerifier }: AuthorizationRequest): object | undefined {
  if (codeVerifier === "") return undefined;
  const challenge = createHash("sha256").update(codeVerifier).digest("base64url");
  return { code_verifier: codeVerifier, code_challenge: challenge, code_challenge_method: "S256" };
}

function optionsOf(values: FormValues): AuthorizationRequestOptions {
  const maxAge = values.number("max_age");
  const resource = values.words("resource");
  const details = values.json("authorization_details");
  return {
    ...userOptions(values),
    ...(maxAge !== undefined && { maxAge }),
    ...(resource && { resource }),
    // The SDK checks what it is.
    ...(details !== undefined && { authorizationDetails: details as readonly { type: string }[] }),
    ...(values.isOn("pushed") && { pushed: true }),
    ...(values.text("response_mode") === "form_post" && { responseMode: "form_post" }),
  };
}
