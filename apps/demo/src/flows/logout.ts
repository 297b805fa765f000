import { randomBytes } from "node:crypto";
import type { LogoutOptions } from "@grantkit/core";
import { optionsCode, program, raw } from "./code.ts";
import type { Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";

/** Logout at the provider (OpenID Connect RP-Initiated Logout). */
export const logout: Flow = {
  id: "logout",
  title: "Sign out",
  group: "Use the token",
  teaser: "Sends the browser to the provider, which ends its session (RP-Initiated Logout §2).",
  button: ({ title }) => `Sign out of ${title}`,
  fields: () => [
    {
      name: "id_token",
      label: "Send the ID token",
      hint: "As id_token_hint: the provider then knows who signs out.",
      kind: "box",
      initial: "on",
    },
    {
      name: "logout_hint",
      label: "Logout hint",
      hint: "The user, where there is no ID token.",
      kind: "text",
      more: true,
    },
    {
      name: "ui_locales",
      label: "Languages",
      hint: "For the provider's page, in order of preference.",
      kind: "words",
      more: true,
    },
  ],
  run: async ({ client, target, values, visitor }) => {
    const state = randomBytes(16).toString("base64url");
    const idToken = visitor.tokens.get(target.id)?.token.idToken;
    const url = client.logoutUrl({
      ...(values.isOn("id_token") && idToken !== undefined && { idToken }),
      postLogoutRedirectUri: target.callbackUrl,
      state,
      ...optionsOf(values),
    });
    return {
      url,
      key: state,
      finish: () =>
        Promise.resolve({
          title: "Signed out at the provider",
          text: "It ended its session. Your tokens are another matter: revoke them.",
        }),
    };
  },
  code: (target, values) => {
    const options = {
      ...(values.isOn("id_token") && { idToken: raw("token") }),
      postLogoutRedirectUri: "https://app.example.com/signed-out",
      ...optionsOf(values),
    };
    return program(target, values, {
      imports: ["type Token"],
      lines: `
// End your own session first: the user may not come back.
export const urlFor = (${values.isOn("id_token") ? "token" : "_token"}: Token) =>
  client.logoutUrl(${optionsCode(options, "  ")});`,
    });
  },
};

function optionsOf(values: FormValues): Pick<LogoutOptions, "logoutHint" | "uiLocales"> {
  const logoutHint = values.text("logout_hint");
  const uiLocales = values.words("ui_locales");
  return {
    ...(logoutHint !== undefined && { logoutHint }),
    ...(uiLocales && { uiLocales }),
  };
}
