import type { Profile } from "@grantkit/core";
import { html } from "hono/html";
import type { ApiResult } from "../api-call.ts";
import type { ProviderCard } from "../demo-provider.ts";
import { badge, button, fact, page, type Piece } from "./layout.ts";

/** Renders the page of an account. */
export function accountPage(
  provider: ProviderCard,
  profile: Profile,
  tokenPanels: Piece,
  exchanges: Piece,
): Piece {
  const { name, title, noEmail } = provider;
  const user = nameOf(profile);
  return page(
    `${user} at ${title}`,
    html`<section class="panel who ${name}">
        ${
          profile.picture
            ? html`<img class="picture" src="${profile.picture}" alt="" width="72" height="72" />`
            : html`<span class="picture none" aria-hidden="true">${user.slice(0, 1)}</span>`
        }
        <div>
          <h1>${user}</h1>
          <p>Signed in with ${title} ${badge(provider)}</p>
          <dl class="facts">
            ${fact("ID", profile.id)} ${fact("user name", profile.username)}
            ${fact("e-mail", emailOf(profile) ?? noEmail)}
          </dl>
        </div>
        ${button(`/account/${name}/sign-out`, "Sign out")}
      </section>
      ${tokenPanels} ${exchanges}`,
  );
}

/** Returns the user's name, or what identifies an account without a name. */
export function nameOf({ name, username, id }: Profile): string {
  return name ?? username ?? id;
}

function emailOf({ email, emailVerified }: Profile): string | undefined {
  if (email === undefined) return undefined;
  const words = {
    true: "verified",
    false: "not verified",
    undefined: "the provider does not say whether it is verified",
  };
  return `${email} (${words[`${emailVerified}`]})`;
}

/** Renders the result of the last button. */
export function resultPanel(result: ApiResult | undefined): Piece | "" {
  if (!result) return "";
  const { title, text, failed } = result;
  return html`<section class="panel result" id="result" aria-live="polite">
    <h2>${title}</h2>
    <pre tabindex="0" class="${failed ? "bad" : ""}">${text}</pre>
  </section>`;
}
