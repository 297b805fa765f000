import type { AuthorizationRequestOptions } from "@grantkit/core";
import type { Field } from "./flow.ts";
import type { FormValues } from "./form-values.ts";

/** What the user is asked, and who is expected. */
export const USER_FIELDS: readonly Field[] = [
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
];

/** Reads scopes, the user's fields and further parameters. */
export function userOptions(values: FormValues): AuthorizationRequestOptions {
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
