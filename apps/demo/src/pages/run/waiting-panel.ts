import { html } from "hono/html";
import { maskUrl } from "../../exchanges/masking.ts";
import type { Run } from "../../runs/run.ts";
import { canFormLeadTo } from "../../security.ts";
import type { Piece } from "../layout.ts";
import { secretValue } from "../secret.ts";
import { strandedPanel } from "./stranded-panel.ts";

/** Renders how to get to the provider, where this page has to lead there, and why a browser may not have come back. */
export function waitingPanel(run: Run): Piece | "" {
  const { fault, target, exchanges, device } = run;
  const departure = exchanges.at(-1);
  if (device || !departure) return "";
  const { url } = departure;
  return html`<section class="explanation" aria-label="Explanation">
    ${
      fault?.elsewhere
        ? [
            toOtherBrowser(url),
            html`<p><strong>The fault that you chose:</strong> ${fault.effect}</p>`,
          ]
        : [canFormLeadTo(url) ? "" : linkTo(url, target.title), strandedPanel(run)]
    }
  </section>`;
}

function toOtherBrowser(url: string): Piece {
  return html`<h3>Finish this sign-in in another browser</h3>
    <p>
      Open the
      <a href="${url}" target="_blank" rel="noopener noreferrer">authorization request</a> in a
      private window, or copy its address into another browser, and sign in there. The callback then
      comes without the cookie of this browser, and this page says what came of it.
    </p>
    <div>${secretValue(url, maskUrl(url))}</div>`;
}

function linkTo(url: string, title: string): Piece {
  return html`<p><a class="button primary" href="${url}">Go on to ${title}</a></p>
    <p class="hint">
      This page's Content Security Policy cannot name an IPv6 address, so the form does not lead
      there by itself.
    </p>`;
}
