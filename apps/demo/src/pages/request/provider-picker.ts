import { html } from "hono/html";
import type { AnyFlow } from "../../flows/flow.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Piece } from "../layout.ts";
import { providerMark } from "../provider-mark.ts";

/** Kinds of providers that have a tile; the others are in a list. */
const IN_TILES: ReadonlySet<AnyTarget["kind"]> = new Set([
  "emulator",
  "real provider",
  "local server",
]);

/** Renders the choice of a provider: the main ones and the chosen one as tiles, the rest as a list. */
export function providerPicker(
  targets: readonly AnyTarget[],
  chosen: AnyTarget,
  flow: AnyFlow,
): Piece {
  const tiles = targets.filter(
    (target) => IN_TILES.has(target.kind) || target.typed || target.id === chosen.id,
  );
  const listed = targets.filter((target) => !tiles.includes(target));
  return html`<nav class="providers" aria-label="Provider">
    <ul class="tiles">
      ${tiles.map(
        (target) =>
          html`<li>
            <a
              class="tile"
              href="/?provider=${target.id}&flow=${flow.id}#request"
              ${target.id === chosen.id ? html`aria-current="true"` : ""}
              >${providerMark(target)}
              <span class="names"
                ><span class="title">${target.title}</span>
                <span class="kind ${target.kind === "real provider" ? "real" : ""}"
                  >${target.kind}</span
                ></span
              ></a
            >
          </li>`,
      )}
      <li>
        <a class="tile" href="/targets/new"
          ><span class="mark letter" aria-hidden="true">+</span>
          <span class="names"
            ><span class="title">Another</span> <span class="kind">issuer, definition</span></span
          ></a
        >
      </li>
    </ul>
    ${
      listed.length === 0
        ? ""
        : html`<form class="more-providers" action="/#request">
            <input type="hidden" name="flow" value="${flow.id}" />
            <select name="provider" aria-label="More providers" required>
              <option value="">${listed.length} more providers</option>
              ${listed.map(({ id, title, kind }) => html`<option value="${id}">${title} (${kind})</option>`)}
            </select>
            <button>Choose</button>
          </form>`
    }
  </nav>`;
}
