import { html } from "hono/html";
import type { Piece } from "../layout.ts";

/** Renders what to do next, if there is anything. */
export function nextStep(next: string | undefined): Piece | "" {
  return next === undefined
    ? ""
    : html`<h3>What to do next</h3>
        <p>${next}</p>`;
}
