import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { OAuth1Demo } from "../oauth1-demo.ts";
import type { Visitor } from "../visitors.ts";
import { exchangesPanel } from "./exchanges.ts";
import { badge } from "./badge.ts";
import { button, page, type Piece } from "./layout.ts";
import { oauth1Card } from "./oauth1-card.ts";
import { nameOf } from "./who.ts";

/** A card for each provider, and what has gone over the wire so far. */
export function homePage(
  providers: readonly DemoProvider[],
  oauth1: OAuth1Demo,
  visitor: Visitor | undefined,
): Piece {
  return page(
    "Sign in",
    html`<section class="intro">
        <h1>Try every sign-in by hand</h1>
        <p>
          Choose a provider, allow or deny access, and come back. Every HTTP exchange will be listed
          below, with the secrets masked.
        </p>
      </section>
      <section class="cards" aria-label="Providers">
        ${providers.map((provider) => card(provider, visitor))}
        ${oauth1Card(oauth1, visitor?.oauth1)}
      </section>
      ${withoutUser(providers)}
      ${visitor && visitor.log.exchanges.length > 0 ? exchangesPanel(visitor.log.exchanges) : ""}`,
  );
}

function withoutUser(providers: readonly DemoProvider[]): Piece {
  return html`<section class="panel">
    <h2>Without a user</h2>
    <p class="hint">An app can get a token for itself. Get one, and call the API with it.</p>
    <div class="pair">
      ${providers.map(({ name, title, appCall }) =>
        appCall ? button(`/app/${name}`, `Call ${title} as ${appCall.as}`) : "",
      )}
    </div>
  </section>`;
}

function card(provider: DemoProvider, visitor: Visitor | undefined): Piece {
  const account = visitor?.accounts.get(provider.name);
  return html`<article class="card ${provider.name}">
    <div class="card-head">
      <span class="mark" aria-hidden="true">${provider.mark}</span>
      <h2>${provider.title}</h2>
      ${badge(provider)}
    </div>
    <p>${provider.teaser}</p>
    ${
      account
        ? html`<div class="signed-in">
            <p>Signed in as <strong>${nameOf(account.profile)}</strong></p>
            <a
              class="button primary"
              href="/account/${provider.name}"
              aria-label="Open account at ${provider.title}"
              >Open account</a
            >
          </div>`
        : html`<div class="ways">
            ${button(`/sign-in/${provider.name}`, `Sign in with ${provider.title}`, { kind: "primary" })}
            ${otherDevice(provider, visitor?.devices.has(provider.name) ?? false)}
          </div>`
    }
  </article>`;
}

function otherDevice({ name, title, noDevice }: DemoProvider, waiting: boolean): Piece {
  if (noDevice !== undefined) return html`<p class="hint">${noDevice}</p>`;
  return waiting
    ? html`<a
        class="button quiet"
        href="/device/${name}"
        aria-label="Show the code for ${title} again"
        >Waiting: show the code</a
      >`
    : button(`/device/${name}`, "Sign in on another device", { kind: "quiet" });
}
