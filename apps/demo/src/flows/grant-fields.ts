import type { GrantOptions } from "@grantkit/core";
import type { Target } from "../targets/target.ts";
import type { Field } from "./flow.ts";
import type { FormValues } from "./form-values.ts";

/** The field of the scopes, with the target's as suggestions. */
export function scopeField(
  { scopes, defaultScopes }: Target,
  initial: readonly string[] = defaultScopes,
): Field {
  return {
    name: "scope",
    label: "Scopes",
    hint: "What the token may do (RFC 6749 §3.3).",
    kind: "words",
    options: scopes.map((value) => ({ value, label: value })),
    initial: initial.join(" "),
  };
}

/** The field of the API that the token is for. */
export function resourceField({ samples }: Target): Field {
  const example = samples?.resource === undefined ? "" : ` For example ${samples.resource}`;
  return {
    name: "resource",
    label: "Resource",
    hint: `The API that the token is for (RFC 8707 §2).${example}`,
    kind: "words",
    more: true,
  };
}

export const FURTHER_PARAMETERS: Field = {
  name: "extra",
  label: "Further parameters",
  hint: "name=value, one in each line. The SDK refuses to replace those that it sets itself.",
  kind: "lines",
  more: true,
};

/** The choice of one of the two halves of a token. */
export function hintField(without: string): Field {
  return {
    name: "hint",
    label: "Which token",
    hint: "The half of the token that you hold (RFC 7009 §2.1).",
    kind: "choice",
    options: [
      { value: "", label: without },
      { value: "access_token", label: "the access token" },
      { value: "refresh_token", label: "the refresh token" },
    ],
  };
}

/** Reads the options that every grant has. */
export function grantOptions(values: FormValues): GrantOptions {
  const scope = values.words("scope");
  const resource = values.words("resource");
  const parameters = values.pairs("extra");
  return {
    ...(scope && { scope }),
    ...(resource && { resource }),
    ...(parameters && { parameters }),
  };
}

/** Reads which half of a token is meant. */
export function hintOf(values: FormValues): { readonly hint?: "access_token" | "refresh_token" } {
  const hint = values.text("hint");
  return hint === "access_token" || hint === "refresh_token" ? { hint } : {};
}
