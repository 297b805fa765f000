import { html } from "hono/html";
import { flowsOf } from "../../flows/all-flows.ts";
import type { AnyFlow } from "../../flows/flow.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Piece } from "../layout.ts";

const GROUPS = ["Get a token", "Use the token", "Inspect"] as const;

/** Renders the choice of a flow, by group. A flow that the provider lacks is a link all the same: its page says why. */
export function flowPicker(target: AnyTarget, chosen: AnyFlow): Piece {
  return html`<nav class="flows" aria-label="Flow">
    ${GROUPS.map((group) => {
      const flows = flowsOf(target).filter((flow) => flow.group === group);
      if (flows.length === 0) return "";
      return html`<p class="group" id="${idOf(group)}">${group}</p>
        <ul aria-labelledby="${idOf(group)}">
          ${flows.map(
            ({ id, title }) =>
              html`<li>
                <a
                  href="/?provider=${target.id}&flow=${id}#request"
                  ${target.without[id] === undefined ? "" : html`class="lacking"`}
                  ${id === chosen.id ? html`aria-current="true"` : ""}
                  >${title}</a
                >
              </li>`,
          )}
        </ul>`;
    })}
  </nav>`;
}

function idOf(group: string): string {
  return `flows-${group.toLowerCase().replaceAll(" ", "-")}`;
}
