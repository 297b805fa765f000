import { html } from "hono/html";
import { page } from "./page.ts";
import type { PageTheme } from "./page-theme.ts";

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
