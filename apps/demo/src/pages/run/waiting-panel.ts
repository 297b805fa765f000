import { html } from "hono/html";
import { maskUrl } from "../../exchanges/masking.ts";
import type { Run } from "../../runs/run.ts";
import { canFormLeadTo } from "../../security.ts";
import type { Piece } from "../layout.ts";
import { secretValue } from "../secret.ts";
import { nextStep } from "./next-step.ts";

/** Renders how to get to the provider, where this page has to lead there, and why a browser may not have come back. */
export function waitingPanel(run: Run): Piece | "" {
  const { fault, target, exchanges, device } = run;
  const departure = exchanges.at(-1);
  if (device || !departure) return "";
  const { url } = departure;
  return html`<section class="explanation" aria-label="Explanation">
    ${
      fault?.elsewhere
        ? toOtherBrowser(url)
        : [canFormLeadTo(url) ? "" : linkTo(url, target.title), noWayBack(run, new URL(url))]
    }
    ${
      fault
        ? html`<p><strong>The fault that you chose:</strong> ${fault.effect} ${fault.stranded}</p>
            ${fault.elsewhere ? "" : nextStep(fault.remedy)}`
        : ""
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

/** Providers show some errors on a page of their own. */
function noWayBack({ target: { protocol, title } }: Run, { searchParams: asked }: URL): Piece {
  return protocol === "oauth1"
    ? html`<p>
        If ${title} showed an error and no way back: a request token works once, and for some
        minutes. Start again.
      </p>`
    : html`<p>
        If ${title} showed an error and no way back: a provider sends nobody back to an app that it
        does not know (RFC 6749 §4.1.2.1). It must know the client ID
        <code>${asked.get("client_id")}</code> and, letter by letter, the redirect URI
        <code>${asked.get("redirect_uri")}</code>. ${scopeHint(asked.get("scope"))} Its page says
        which it is; the app hears nothing of it.
      </p>`;
}

/** Some providers show an unknown scope on their own page too, although the app could be told. */
function scopeHint(scope: string | null): Piece | "" {
  return scope
    ? html`Some providers also stay there if they do not know one of the scopes
        <code>${scope}</code>: then correct the field Scopes.`
    : "";
}
