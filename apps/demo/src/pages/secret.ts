import { html } from "hono/html";
import { maskJson } from "../exchanges/masking.ts";
import type { Piece } from "./layout.ts";

/** Renders a value; if masking changed it, it is masked until a click. */
export function secretValue(value: string, masked: string): Piece {
  if (value === masked) return html`<code>${value}</code>`;
  return html`<details class="secret">
    <summary title="Show the secret"><code>${masked}</code></summary>
    <code class="raw">${value}</code>
  </details>`;
}

/** Renders a block of text; if masking changed it, all secrets in it are masked until a click. */
export function secretBlock(text: string, masked: string): Piece {
  const block = html`<pre tabindex="0">${masked}</pre>`;
  if (text === masked) return block;
  return html`${block}
    <details class="secret">
      <summary>With the secrets</summary>
      <pre tabindex="0" class="raw">${text}</pre>
    </details>`;
}

const MAX_LENGTH = 6000;

/** Renders data as JSON; long data is cut off. */
export function jsonBlock(data: unknown): Piece {
  const text = asJson(data);
  // Parsed again, because masking knows what JSON has: a date is a text there.
  return secretBlock(shortened(text), shortened(asJson(maskJson(JSON.parse(text)))));
}

/** Cuts off a long text, and says so. */
export function shortened(text: string): string {
  const more = text.length - MAX_LENGTH;
  return more <= 0 ? text : `${text.slice(0, MAX_LENGTH)}\n… and ${more} more characters`;
}

function asJson(data: unknown): string {
  return JSON.stringify(data, null, 2) ?? "null";
}
