import { html } from "hono/html";
import { page } from "./page.ts";
import type { PageTheme } from "./page-theme.ts";

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
