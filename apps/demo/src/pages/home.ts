import type { Profile } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider, ProviderCard } from "../demo-provider.ts";
import type { OAuth1Demo } from "../oauth1-demo.ts";
import type { Visitor } from "../visitors.ts";
import { nameOf } from "./account.ts";
import { exchangesPanel } from "./exchanges.ts";
import { badge, button, page, type Piece } from "./layout.ts";
import { signingFields } from "./oauth1-account.ts";

/** Renders the start page: a card for each provider, and the exchanges so far. */
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
          Choose a provider, allow or deny access, and come back. This page then lists every HTTP
          exchange, with the secrets masked. A card marked “emulator” uses a server on this machine
          in place of the provider, so you need no account there.
        </p>
      </section>
      <section class="cards" aria-label="Providers">
        ${providers.map((provider) =>
          card(
            provider,
            visitor?.oauth2.accounts.get(provider.name)?.profile,
            html`<div class="ways">
              ${button(`/sign-in/${provider.name}`, `Sign in with ${provider.title}`, { kind: "primary" })}
              ${otherDevice(provider, visitor?.devices.has(provider.name) ?? false)}
            </div>`,
          ),
        )}
        ${card(
          oauth1,
          visitor?.oauth1.accounts.get(oauth1.name)?.profile,
          oauth1Ways(oauth1, visitor?.oauth1.pin !== undefined),
          "wide",
        )}
      </section>
      ${withoutUser(providers)}
      ${visitor && visitor.log.of().length > 0 ? exchangesPanel(visitor.log) : ""}`,
  );
}

/** Renders a provider's card: the account, or the ways to sign in. */
function card(
  provider: ProviderCard,
  profile: Profile | undefined,
  ways: Piece,
  width = "",
): Piece {
  const { name, title, mark, teaser } = provider;
  return html`<article class="card ${width} ${name}">
    <div class="card-head">
      <span class="mark" aria-hidden="true">${mark}</span>
      <h2>${title}</h2>
      ${badge(provider)}
    </div>
    <p>${teaser}</p>
    ${
      profile
        ? html`<div class="signed-in">
            <p>Signed in as <strong>${nameOf(profile)}</strong></p>
            <a class="button primary" href="/account/${name}" aria-label="Open account at ${title}"
              >Open account</a
            >
          </div>`
        : ways
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

/** Renders a form, because the requests for tokens are signed too. */
function oauth1Ways(oauth1: OAuth1Demo, waiting: boolean): Piece {
  return html`<form class="signing" method="post" action="/sign-in/oauth1">
    ${signingFields(oauth1)}
    <button class="primary">Sign in with ${oauth1.title}</button>
    ${
      waiting
        ? html`<a class="button quiet" href="/pin/oauth1">Waiting: type the PIN</a>`
        : html`<button class="quiet" formaction="/pin/oauth1">Sign in with a PIN</button>`
    }
  </form>`;
}

function withoutUser(providers: readonly DemoProvider[]): Piece {
  return html`<section class="panel">
    <h2>Without a user</h2>
    <p class="hint">
      An app can also get a token of its own, which belongs to no user, and call the API with it.
    </p>
    <div class="pair">
      ${providers.map(({ name, title, appCall }) =>
        appCall ? button(`/app/${name}`, `Call ${title} as ${appCall.as}`) : "",
      )}
    </div>
  </section>`;
}
