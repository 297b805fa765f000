import { html } from "hono/html";
import { page } from "./page.ts";
import type { PageTheme } from "./page-theme.ts";

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
