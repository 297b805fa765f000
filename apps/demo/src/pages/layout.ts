import { html } from "hono/html";

/** A piece of a page; `html` escapes the values in it. */
export type Piece = ReturnType<typeof html>;

/** Renders a page; one that waits for something reloads itself. */
export function page(
  title: string,
  body: Piece,
  options: {
    /** What is known of what the page waits for: it reloads itself when that has changed. */
    readonly waits?: string | undefined;
    /** Style sheets beside the common one. */
    readonly styles?: readonly string[];
    readonly scripts?: readonly string[];
  } = {},
): Piece {
  const { waits, styles = ["panel", "exchanges"], scripts = [] } = options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Grantkit playground</title>
        ${["base", "controls", ...styles].map(
          (name) => html`<link rel="stylesheet" href="/assets/styles/${name}.css" />`,
        )}
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${["countdown", ...scripts].map(
          (name) => html`<script src="/assets/${name}.js" defer></script>`,
        )}
        ${waits === undefined ? "" : reloads(waits)}
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

function reloads(state: string): Piece {
  return html`<script src="/assets/waiting.js" data-state="${state}" defer></script>
    <noscript><meta http-equiv="refresh" content="5" /></noscript>`;
}

/** Renders a button that posts a form, so that it works without JavaScript. */
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

/** Renders an entry of a list of facts; nothing if the value is undefined. */
export function fact(name: string, value: Piece | string | undefined): Piece | "" {
  return value === undefined
    ? ""
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}
