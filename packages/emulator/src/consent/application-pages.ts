import { html } from "hono/html";
import type { PageTheme } from "./page-theme.ts";
import { page } from "./page.ts";

/** Makes the page at the emulator's origin, with the settings that an application needs. */
export function frontPage(
  theme: PageTheme,
  settings: {
    readonly clientId: string;
    readonly clientSecret: string;
    /** URLs by name. */
    readonly endpoints: object;
  },
): Promise<Response> {
  const title = `${theme.providerName}, emulated`;
  const text = "Point an application here. There is nothing to sign in to on this page.";
  return listPage(theme, title, text, [
    ["Client id", settings.clientId],
    ["Client secret", settings.clientSecret],
    ...(Object.entries(settings.endpoints) as [string, string][]),
  ]);
}

/** Path of a callback page for trying the emulator without an application. */
export const CALLBACK_PATH = "/emulator/callback";

/** Makes the callback page, which shows the parameters that an application would get. */
export function callbackPage(
  theme: PageTheme,
  query: Readonly<Record<string, string>>,
): Promise<Response> {
  const found = CALLBACK_TEXTS.find(([name]) => query[name] !== undefined);
  const title =
    found === undefined ? "Nothing came back" : "This is where your app would take over";
  const text =
    found?.[1] ??
    "Neither a code nor an error is in this page's query. Start at the authorization endpoint.";
  return listPage(theme, title, text, Object.entries(query));
}

const REFUSAL = "It gets a refusal instead of a verifier, and would tell its user so.";

const CALLBACK_TEXTS: readonly (readonly [parameter: string, text: string])[] = [
  ["error", "It gets an error instead of a code, and would tell its user so."],
  ["code", "It would check the state, and exchange the code at the token endpoint."],
  [
    "oauth_verifier",
    "It would check that the token is its own, and exchange it together with the verifier.",
  ],
  ["denied", REFUSAL],
  ["oauth_problem", REFUSAL],
];

function listPage(
  theme: PageTheme,
  title: string,
  text: string,
  rows: readonly (readonly [name: string, value: string])[],
): Promise<Response> {
  const content = html`<h1>${title}</h1>
    <p class="muted">${text}</p>
    <dl>
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
  return page(theme, title, content);
}
