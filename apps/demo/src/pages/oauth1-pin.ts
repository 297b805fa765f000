import { html } from "hono/html";
import type { OAuth1Demo } from "../oauth1-demo.ts";
import type { PinSignIn } from "../visitors.ts";
import { resultPanel } from "./account.ts";
import { badge, button, page, type Piece } from "./layout.ts";

/** Renders what an app without a callback URL would show. */
export function oauth1PinPage(
  oauth1: OAuth1Demo,
  { url, result }: PinSignIn,
  exchanges: Piece,
): Piece {
  return page(
    `A PIN from ${oauth1.title}`,
    html`<section class="panel device oauth1">
        <h1>Sign in with a PIN</h1>
        <p>
          This page stands for an app without a callback URL (<code>oauth_callback=oob</code>).
          ${badge(oauth1)}
        </p>
        <ol class="steps">
          <li>
            <a href="${url}" target="_blank" rel="noopener noreferrer"
              >Ask ${oauth1.title} for a PIN</a
            >, in another tab
          </li>
          <li>Allow access there. The next page shows the PIN.</li>
          <li>Type the PIN here. It is the verifier that a callback would contain.</li>
        </ol>
        <form class="pin-entry" method="post" action="/pin/oauth1/enter">
          <label class="field"
            >PIN
            <input
              name="verifier"
              inputmode="numeric"
              autocomplete="one-time-code"
              maxlength="64"
              required
          /></label>
          <button class="primary">Sign in</button>
        </form>
        ${button("/pin/oauth1/stop", "Stop waiting", { kind: "quiet" })}
      </section>
      ${resultPanel(result)} ${exchanges}`,
  );
}
