import { html } from "hono/html";

/** A piece of a page: whatever comes from others is escaped by `html`. */
export type Piece = ReturnType<typeof html>;

/** A whole page; one that waits for something looks again by itself. */
export function page(
  title: string,
  body: Piece,
  { waits = false }: { readonly waits?: boolean } = {},
): Piece {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Grantkit demo</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <script src="/assets/countdown.js" defer></script>
        ${waits ? LOOKS_AGAIN : ""}
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/"
            ><img src="/assets/icon.svg" alt="" width="28" height="28" />Grantkit</a
          >
          <span class="tag">playground</span>
        </header>
        <main>${body}</main>
      </body>
    </html>`;
}

const LOOKS_AGAIN = html`<script src="/assets/waiting.js" defer></script>
  <noscript><meta http-equiv="refresh" content="5" /></noscript>`;

/** A button that does something: a form of its own, so that it works without a script. */
export function button(
  action: string,
  label: string,
  options: {
    readonly kind?: "primary" | "quiet";
    readonly fields?: Readonly<Record<string, string>>;
  } = {},
): Piece {
  const fields = Object.entries(options.fields ?? {});
  return html`<form method="post" action="${action}">
    ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="${options.kind ?? "plain"}">${label}</button>
  </form>`;
}

/** A button that cannot be used, and why. */
export function disabledButton(label: string, reason: string): Piece {
  return html`<div class="disabled">
    <button disabled>${label}</button>
    <p class="hint">${reason}</p>
  </div>`;
}
