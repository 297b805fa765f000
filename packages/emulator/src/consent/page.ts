import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { PageTheme } from "./page-theme.ts";

/** Markup made by the html`` tag, which escapes every value. */
export type Markup = ReturnType<typeof html>;

/** Path of the style sheet of all pages. */
export const STYLE_PATH = "/emulator/page.css";

/** Makes a page. Its first line says that this is an emulator. `script` runs when the page has loaded. */
export async function page(
  theme: PageTheme,
  title: string,
  content: Markup,
  status: number = 200,
  script: string = "",
): Promise<Response> {
  const markup = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Emulator of ${theme.providerName}</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <div class="card">
          <p class="notice" role="note">
            <span><strong>Emulator of ${theme.providerName}.</strong> ${disclaimer(theme)}</span>
          </p>
          <main>${content}</main>
        </div>
        ${script === "" ? "" : raw(`<script>${script}</script>`)}
      </body>
    </html>`;
  const headers = new Headers(PAGE_HEADERS);
  if (script !== "") {
    const hash = createHash("sha256").update(script).digest("base64");
    headers.set("content-security-policy", `${CONTENT_POLICY}; script-src 'sha256-${hash}'`);
  }
  return new Response(markup, { status, headers });
}

function disclaimer({ providerName, isProtocol = false }: PageTheme): string {
  return isProtocol
    ? "Nothing leaves this computer."
    : `This is not ${providerName}: nothing leaves this computer.`;
}

// frame-ancestors prevents clickjacking, as at the providers. There is no form-action: browsers apply it also to the redirect
// after the form, which leads to the application.
const CONTENT_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": CONTENT_POLICY,
  // Not no-referrer: with it the page's own forms have `Origin: null`, as those of any sandboxed frame.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** The content of a message page. */
export interface PageMessage {
  readonly title: string;
  readonly text: string;
  /** Shown as code. */
  readonly detail?: string;
}

/** Makes a page with one message, such as an error. */
export function messagePage(
  theme: PageTheme,
  message: PageMessage,
  status: number = 400,
): Promise<Response> {
  const detail = message.detail === undefined ? "" : html`<p><code>${message.detail}</code></p>`;
  const content = html`<h1>${message.title}</h1>
    <p>${message.text}</p>
    ${detail}`;
  return page(theme, message.title, content, status);
}

/** Makes the page with the PIN, which the user types into an application without a callback URL. */
export function pinPage(theme: PageTheme, application: string, pin: string): Promise<Response> {
  const content = html`<h1>Type this PIN into ${application}</h1>
    <p class="muted">It works once. After that you may close this page.</p>
    <p class="pin" id="pin">${pin}</p>`;
  return page(theme, `Your PIN for ${application}`, content);
}

/** Finds the PIN on a page. */
export function pinOn(pageText: string): string | undefined {
  return /id="pin">([^<]*)</.exec(pageText)?.[1];
}
