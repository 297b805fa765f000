import { html } from "hono/html";
import type { Outcome } from "../../flows/flow.ts";
import type { Piece } from "../layout.ts";
import { jsonBlock } from "../secret.ts";

/** Renders the data that a flow came to. */
export function outcomePanel({ data }: Outcome): Piece | "" {
  return data === undefined
    ? ""
    : html`<section>
        <h3>What it returned</h3>
        ${jsonBlock(data)}
      </section>`;
}
