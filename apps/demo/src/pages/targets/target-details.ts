import { html } from "hono/html";
import type { AnyTarget } from "../../targets/target.ts";
import { button, fact, type Piece } from "../layout.ts";
import { registrationForm } from "./target-forms.ts";

/** Renders what there is to know about a provider, and the form for an app of the person's own. */
export function targetDetails(target: AnyTarget): Piece {
  const { title, callbackUrl, typed, facts = [], metadata, registration } = target;
  return html`<div class="target-details">
    ${
      registration
        ? html`<details class="more" ${registration.isMissing ? "open" : ""}>
            <summary>
              ${registration.isMissing ? "Your app" : "Another app"} at
              ${registration.provider ?? title}
            </summary>
            ${registrationForm(target)}
          </details>`
        : ""
    }
    <details class="more">
      <summary>About ${title}</summary>
      <dl class="facts">
        ${fact("Callback URL", html`<code>${callbackUrl}</code>`)}
        ${facts.map(([name, value]) => fact(name, html`<code>${value}</code>`))}
      </dl>
      ${
        metadata === undefined
          ? ""
          : html`<details class="more">
              <summary>Metadata</summary>
              <pre tabindex="0">${indented(metadata)}</pre>
            </details>`
      }
    </details>
    ${typed ? button(`/targets/${target.id}/remove`, `Remove ${title}`, { kind: "quiet" }) : ""}
  </div>`;
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
