import { html } from "hono/html";
import type { MessagePart } from "../../exchanges/message-parts.ts";
import { type MeaningKind, meaningOf } from "../../exchanges/parameter-meanings.ts";
import type { Piece } from "../layout.ts";
import { secretValue, shortened } from "../secret.ts";

const MAX_ROWS = 40;

/** Renders the parts of a message, each with what it means and where that is defined. */
export function messageRows(
  title: string,
  parts: readonly MessagePart[],
  kind: MeaningKind,
): Piece | "" {
  if (parts.length === 0) return "";
  const more = parts.length - MAX_ROWS;
  return html`<h4>${title}</h4>
    <dl class="rows">
      ${parts.slice(0, MAX_ROWS).map(
        ({ name, value, masked }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${secretValue(shortened(value), shortened(masked))} ${meaning(name, kind)}</dd>
          </div>`,
      )}
    </dl>
    ${more > 0 ? html`<p class="hint">… and ${more} more.</p>` : ""}`;
}

function meaning(name: string, kind: MeaningKind): Piece {
  const [text, source] = meaningOf(name, kind) ?? [];
  return text === undefined
    ? html`<small>not registered</small>`
    : html`<small>${text} <cite>${source}</cite></small>`;
}
