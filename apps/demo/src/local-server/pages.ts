import { html, raw } from "hono/html";
import { ACCOUNTS } from "./accounts.ts";

type Piece = ReturnType<typeof html>;

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
button, input { font: inherit; padding: 0.5rem 1rem; margin: 0.25rem 0.5rem 0.25rem 0; }
.note { border: 1px solid; border-radius: 0.25rem; padding: 0.5rem 1rem; }
.error { font-weight: bold; }
pre { overflow-x: auto; }`;

/** Renders a page of the local server. It has no scripts, and looks like no known provider on purpose. */
export async function localPage(title: string, body: Piece): Promise<string> {
  return String(
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Local server</title>
          <style>
            ${raw(STYLE)}
          </style>
        </head>
        <body>
          <p class="note">This is an authorization server on this machine, for tests.</p>
          <h1>${title}</h1>
          ${body}
        </body>
      </html>`,
  );
}

/** Renders the choice of a user, which is the whole sign-in. */
export function signInPage(action: string): Promise<string> {
  return localPage(
    "Sign in",
    html`<p>Who are you? There is no password here.</p>
      <form method="post" action="${action}">
        ${ACCOUNTS.map(
          ({ id, name }) => html`<button name="account" value="${id}">${name}</button>`,
        )}
        <button name="deny" value="yes">Cancel</button>
      </form>`,
  );
}

/** What an app asks for. */
interface Request {
  readonly client: string;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly details: readonly object[];
}

/** Renders the question whether an app may do what it asks for. */
export function consentPage(action: string, request: Request): Promise<string> {
  const { client, scopes, resources, details } = request;
  return localPage(
    "Allow access?",
    html`<p><strong>${client}</strong> asks for:</p>
      <ul>
        ${[...scopes, ...resources].map((each) => html`<li>${each}</li>`)}
      </ul>
      ${details.map((detail) => html`<pre>${JSON.stringify(detail, null, 2)}</pre>`)}
      <form method="post" action="${action}">
        <button name="allow" value="yes">Allow</button>
        <button name="deny" value="yes">Deny</button>
      </form>`,
  );
}

/** Renders a page with a form of oidc-provider, and the buttons that send it. */
export function formPage(
  title: string,
  text: string,
  { form, buttons }: { readonly form: string; readonly buttons: Piece },
): Promise<string> {
  return localPage(
    title,
    html`<p>${text}</p>
      ${raw(form)} ${buttons}`,
  );
}
