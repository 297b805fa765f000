import type { Profile } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider } from "../providers.ts";
import type { Visitor } from "../visitors.ts";
import { exchangesPanel } from "./exchanges.ts";
import { button, page, type Piece } from "./layout.ts";

/** A card for each provider, and what has gone over the wire so far. */
export function homePage(providers: readonly DemoProvider[], visitor: Visitor | undefined): Piece {
  return page(
    "Sign in",
    html`<section class="intro">
        <h1>Try every sign-in by hand</h1>
        <p>
          Choose a provider, say yes or no, and come back. Everything that goes over the wire will
          be listed below, with the secrets masked.
        </p>
      </section>
      <section class="cards" aria-label="Providers">
        ${providers.map((provider) => card(provider, visitor))}
      </section>
      ${visitor && visitor.log.exchanges.length > 0 ? exchangesPanel(visitor.log.exchanges) : ""}`,
  );
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
        : button(`/sign-in/${provider.name}`, `Sign in with ${provider.title}`, { kind: "primary" })
    }
  </article>`;
}

/** What to call somebody: not every account has a name. */
export function nameOf({ name, username, id }: Profile): string {
  return name ?? username ?? id;
}

/** Whether it is the provider or its emulator. */
export function badge({ emulator, title }: DemoProvider): Piece {
  return emulator === undefined
    ? html`<span class="badge real" title="The real ${title}">real</span>`
    : html`<span class="badge" title="An emulator at ${emulator}">emulator</span>`;
}
