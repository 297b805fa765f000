import type { Profile } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import { badge } from "./badge.ts";
import { button, type Piece } from "./layout.ts";
import { fact } from "./panels.ts";

/** Who is signed in, and the way to sign out. */
export function whoPanel(
  provider: Pick<DemoProvider, "name" | "title" | "emulator" | "noEmail">,
  profile: Profile,
): Piece {
  const name = nameOf(profile);
  return html`<section class="panel who ${provider.name}">
    ${
      profile.picture
        ? html`<img class="picture" src="${profile.picture}" alt="" width="72" height="72" />`
        : html`<span class="picture none" aria-hidden="true">${name.slice(0, 1)}</span>`
    }
    <div>
      <h1>${name}</h1>
      <p>Signed in with ${provider.title} ${badge(provider)}</p>
      <dl class="facts">
        ${fact("id", profile.id)} ${fact("user name", profile.username)}
        ${fact("e-mail", emailOf(profile) ?? provider.noEmail)}
      </dl>
    </div>
    ${button(`/account/${provider.name}/sign-out`, "Sign out")}
  </section>`;
}

/** What to call somebody: not every account has a name. */
export function nameOf({ name, username, id }: Profile): string {
  return name ?? username ?? id;
}

function emailOf({ email, emailVerified }: Profile): string | undefined {
  if (email === undefined) return undefined;
  const words = emailVerified
    ? "verified"
    : emailVerified === false
      ? "not verified"
      : "the provider does not say whether it is verified";
  return `${email} (${words})`;
}
