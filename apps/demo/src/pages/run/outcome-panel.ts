import { html } from "hono/html";
import type { Outcome, Table } from "../../flows/flow.ts";
import type { Piece } from "../layout.ts";
import { jsonBlock, secretValue } from "../secret.ts";

/** Renders the data that a flow came to. */
export function outcomePanel({ data, table }: Outcome): Piece | "" {
  if (data === undefined && table === undefined) return "";
  return html`<section>
    <h3>What it returned</h3>
    ${table ? tableOf(table) : ""} ${data === undefined ? "" : jsonBlock(data)}
  </section>`;
}

function tableOf({ columns, rows }: Table): Piece {
  return html`<div class="compared" tabindex="0" role="region" aria-label="Side by side">
    <table>
      <thead>
        <tr>
          <td></td>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map(
                ({ value, masked }, at) =>
                  html`<td data-column="${columns[at]}">${secretValue(value, masked)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
