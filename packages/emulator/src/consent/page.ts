import { html } from "hono/html";
import type { PageTheme } from "./page-theme.ts";

/** Markup made by the html`` tag, which escapes every value put into it. */
export type Markup = ReturnType<typeof html>;

/** Where the style sheet of the pages is. */
export const STYLE_PATH = "/emulator/page.css";

/** A whole page around its content. It says in its first line that this is an emulator. */
export async function page(
  theme: PageTheme,
  title: string,
  content: Markup,
  status: number = 200,
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
      </body>
    </html>`;
  return new Response(markup, { status, headers: PAGE_HEADERS });
}

function disclaimer({ providerName, isProtocol = false }: PageTheme): string {
  return isProtocol
    ? "Nothing leaves this computer."
    : `This is not ${providerName}: nothing leaves this computer.`;
}

// frame-ancestors as the providers do it (clickjacking); no form-action, for browsers apply it to the redirect after the
// form, which leads to the application.
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** What a page says. */
export interface PageMessage {
  readonly title: string;
  readonly text: string;
  /** Shown as code. */
  readonly detail?: string;
}

/** A page that says one thing, such as what is wrong with a request. */
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

/** The page with the PIN that a person types into an application that cannot be called back. */
export function pinPage(theme: PageTheme, application: string, pin: string): Promise<Response> {
  const content = html`<h1>Type this PIN into ${application}</h1>
    <p class="muted">It works once. After that you may close this page.</p>
    <p class="pin" id="pin">${pin}</p>`;
  return page(theme, `Your PIN for ${application}`, content);
}

/** The PIN on such a page; undefined on any other. */
export function pinOn(pageText: string): string | undefined {
  return /id="pin">([^<]*)</.exec(pageText)?.[1];
}
