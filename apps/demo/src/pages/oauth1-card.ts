import { html } from "hono/html";
import type { OAuth1Demo, SigningChoice } from "../oauth1-demo.ts";
import type { OAuth1Visit } from "../oauth1-visit.ts";
import { badge } from "./badge.ts";
import type { Piece } from "./layout.ts";
import { nameOf } from "./who.ts";

/** The card of OAuth 1.0a: how to sign is chosen first, for the tokens are asked for by signed requests too. */
export function oauth1Card(oauth1: OAuth1Demo, visit: OAuth1Visit | undefined): Piece {
  const { title, mark, teaser } = oauth1;
  return html`<article class="card wide oauth1">
    <div class="card-head">
      <span class="mark" aria-hidden="true">${mark}</span>
      <h2>${title}</h2>
      ${badge(oauth1)}
    </div>
    <p>${teaser}</p>
    ${visit?.account ? signedIn(oauth1, visit.account) : ways(oauth1, visit?.pin !== undefined)}
  </article>`;
}

function signedIn({ title }: OAuth1Demo, { profile }: NonNullable<OAuth1Visit["account"]>): Piece {
  return html`<div class="signed-in">
    <p>Signed in as <strong>${nameOf(profile)}</strong></p>
    <a class="button primary" href="/account/oauth1" aria-label="Open account at ${title}"
      >Open account</a
    >
  </div>`;
}

function ways(oauth1: OAuth1Demo, isWaiting: boolean): Piece {
  return html`<form class="signing" method="post" action="/sign-in/oauth1">
    ${signingFields(oauth1)}
    <button class="primary">Sign in with ${oauth1.title}</button>
    ${
      isWaiting
        ? html`<a class="button quiet" href="/pin/oauth1">Waiting: type the PIN</a>`
        : html`<button class="quiet" formaction="/pin/oauth1">Sign in with a PIN</button>`
    }
  </form>`;
}

/** How requests are signed, to be chosen. */
export function signingFields({ methods, placements }: OAuth1Demo, choice?: SigningChoice): Piece {
  return html`${select("Signature method", "method", methods, choice?.method)}
  ${select("Signature goes into the", "placement", placements, choice?.placement)}`;
}

function select(
  label: string,
  name: string,
  values: readonly string[],
  chosen: string | undefined,
): Piece {
  return html`<label class="field"
    >${label}
    <select name="${name}">
      ${values.map((value) => html`<option ${value === chosen ? "selected" : ""}>${value}</option>`)}
    </select>
  </label>`;
}
