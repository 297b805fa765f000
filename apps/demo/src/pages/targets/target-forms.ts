import { html } from "hono/html";
import type { Field } from "../../flows/flow.ts";
import { FormValues } from "../../flows/form-values.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Piece } from "../layout.ts";
import { flowField } from "../request/flow-field.ts";

const IN_MEMORY = "Stays in the memory of this machine until you remove the provider.";
const CREDENTIALS: readonly Field[] = [
  { name: "client_id", label: "Client ID", kind: "text" },
  {
    name: "client_secret",
    label: "Client secret",
    hint: `${IN_MEMORY} Leave it empty for a public client.`,
    kind: "secret",
  },
];
/** Those of an app at a provider where all apps have a secret. */
const WITH_SECRET: readonly Field[] = [
  ...CREDENTIALS.slice(0, 1),
  {
    name: "client_secret",
    label: "Client secret",
    hint: IN_MEMORY,
    kind: "secret",
    required: true,
  },
];

const ISSUER: readonly Field[] = [
  {
    name: "issuer",
    label: "Issuer",
    hint: "For example http://localhost:8080/realms/acme. Its metadata is fetched (OpenID Connect Discovery §4, RFC 8414 §3), and nothing else.",
    kind: "text",
    required: true,
  },
  {
    name: "client_id",
    label: "Client ID",
    hint: "Leave it empty if you have none yet: the next page shows the callback URL to register.",
    kind: "text",
  },
  ...CREDENTIALS.slice(1),
  {
    name: "scope",
    label: "Scopes",
    hint: "By default openid, profile and email, as far as the issuer has them.",
    kind: "words",
  },
];

/** Renders the form for an issuer. */
export function issuerForm(values: FormValues = new FormValues()): Piece {
  return typedForm("/targets/issuer", "Fetch its metadata", ISSUER, values);
}

const DEFINITION: readonly Field[] = [
  {
    name: "definition",
    label: "Definition",
    hint: "What defineProvider() takes, as JSON. Functions, such as hooks, cannot be tried here.",
    kind: "lines",
    required: true,
    initial: `{
  "name": "acme",
  "endpoints": {
    "authorization": "https://id.acme.example/authorize",
    "token": "https://id.acme.example/token",
    "userInfo": "/me"
  },
  "api": { "baseUrl": "https://api.acme.example/v1" },
  "defaultScope": ["profile"],
  "profile": { "id": "user_id", "name": "name" }
}`,
  },
  ...CREDENTIALS,
];

/** Renders the form for a definition. */
export function definitionForm(values: FormValues): Piece {
  return typedForm("/targets/definition", "Use this definition", DEFINITION, values);
}

/** Renders the form for the person's own app at a provider. */
export function registrationForm(
  { id, title, registration }: AnyTarget,
  values: FormValues = new FormValues(),
): Piece | "" {
  if (!registration) return "";
  const { callbackUrl, parameter, needsSecret, provider = title } = registration;
  const parameters: readonly Field[] = parameter
    ? [
        {
          name: "parameter",
          label: parameter.label,
          kind: "text",
          required: true,
          ...(parameter.example !== undefined && { hint: `For example ${parameter.example}.` }),
          ...(parameter.initial !== undefined && { initial: parameter.initial }),
        },
      ]
    : [];
  const fields = (needsSecret ? WITH_SECRET : CREDENTIALS).map((field) =>
    field.name === "client_id" ? { ...field, required: true } : field,
  );
  return html`<p class="hint">
      Register this callback URL with ${provider}: <code>${callbackUrl}</code>
    </p>
    ${typedForm(`/targets/${id}/registration`, "Use this app", [...parameters, ...fields], values)}`;
}

function typedForm(
  action: string,
  label: string,
  fields: readonly Field[],
  values: FormValues,
): Piece {
  return html`<form method="post" action="${action}" class="typed-form">
    ${fields.map((field) =>
      // A secret is not sent back to the browser.
      flowField(field, field.kind === "secret" ? new FormValues() : values, `${action}/`),
    )}
    <button class="primary">${label}</button>
  </form>`;
}
