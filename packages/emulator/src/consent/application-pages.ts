import { html } from "hono/html";
import type { PageTheme } from "./page-theme.ts";
import { page } from "./page.ts";

/** The page at the emulator's origin: what there is to put into an application's settings. */
export function frontPage(
  theme: PageTheme,
  parts: {
    readonly clientId: string;
    readonly clientSecret: string;
    /** Addresses by name. */
    readonly endpoints: object;
  },
): Promise<Response> {
  const rows: [name: string, value: string][] = [
    ["Client id", parts.clientId],
    ["Client secret", parts.clientSecret],
    ...(Object.entries(parts.endpoints) as [string, string][]),
  ];
  const title = `${theme.providerName}, emulated`;
  const content = html`<h1>${title}</h1>
    <p class="muted">Point an application here. There is nothing to sign in to on this page.</p>
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

/** Where a browser can be sent back to when there is no application yet. */
export const CALLBACK_PATH = "/emulator/callback";

/** The page that stands for the application: it shows what came back. */
export function callbackPage(
  theme: PageTheme,
  query: Readonly<Record<string, string>>,
): Promise<Response> {
  const { title, text } = message(query);
  const content = html`<h1>${title}</h1>
    <p class="muted">${text}</p>
    <dl>
      ${Object.entries(query).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
  return page(theme, title, content);
}

function message(query: Readonly<Record<string, string>>): { title: string; text: string } {
  if (query["error"] !== undefined) {
    return {
      title: "This is where your app would take over",
      text: "It gets an error instead of a code, and would tell its user so.",
    };
  }
  if (query["code"] !== undefined) {
    return {
      title: "This is where your app would take over",
      text: "It would check the state, and exchange the code at the token endpoint.",
    };
  }
  if (query["oauth_verifier"] !== undefined) {
    return {
      title: "This is where your app would take over",
      text: "It would check that the token is its own, and exchange it together with the verifier.",
    };
  }
  if (query["denied"] !== undefined || query["oauth_problem"] !== undefined) {
    return {
      title: "This is where your app would take over",
      text: "It gets a refusal instead of a verifier, and would tell its user so.",
    };
  }
  return {
    title: "Nothing came back",
    text: "Neither a code nor an error is in this page's query. Start at the authorization endpoint.",
  };
}
