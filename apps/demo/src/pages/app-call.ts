import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { AppCallResult } from "../visitors.ts";
import { resultPanel } from "./account.ts";
import { badge, button, page, type Piece } from "./layout.ts";
import { tokenPanel } from "./token.ts";

/** Renders the token that the app got without a user, and what the API answered. */
export function appCallPage(
  provider: DemoProvider,
  { as, token, result }: AppCallResult,
  exchanges: Piece,
): Piece {
  return page(
    `${provider.title} without a user`,
    html`<section class="panel who ${provider.name}">
        <div>
          <h1>Nobody is signed in</h1>
          <p>The demo called ${provider.title} as ${as}. ${badge(provider)}</p>
        </div>
        ${button(`/app/${provider.name}`, "Do it again")}
      </section>
      ${tokenPanel(token)} ${resultPanel(result)} ${exchanges}`,
  );
}
