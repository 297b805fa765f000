import { html } from "hono/html";
import type { PageTheme } from "./page-theme.ts";
import { page } from "./page.ts";
import type { Markup } from "./page.ts";

/** A user that can be chosen. */
interface ConsentPerson {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly picture: string;
}

/** A requested permission. */
interface ConsentScope {
  readonly name: string;
  readonly meaning: string;
  /** Whether it can be unchecked. */
  readonly optional: boolean;
}

/** The content of a consent page. */
export interface ConsentQuestion {
  readonly application: string;
  readonly people: readonly ConsentPerson[];
  readonly selected: string;
  readonly scopes: readonly ConsentScope[];
  /** The application's redirect URI; a device has none. */
  readonly redirectUri?: string;
  /** Text below the permissions. */
  readonly remark?: string;
}

/** Path that the form is posted to. */
export const DECISION_PATH = "/emulator/decision";

/** Makes the page on which a person chooses a user and permissions, and allows or denies access. */
export function consentPage(
  theme: PageTheme,
  question: ConsentQuestion,
  ticket: string,
): Promise<Response> {
  const title = `${question.application} asks for access`;
  const content = html`<h1>${title}</h1>
    <p class="muted">
      Choose who you are and what you allow. No password is needed. ${destination(question)}
    </p>
    <form method="post" action="${DECISION_PATH}">
      <input type="hidden" name="ticket" value="${ticket}" />
      <fieldset>
        <legend>User</legend>
        ${question.people.map((person) => personChoice(person, question.selected))}
      </fieldset>
      ${scopeChoices(question)}
      <div class="actions">
        <button name="decision" value="deny">Deny</button>
        <button class="primary" name="decision" value="allow">Allow</button>
      </div>
    </form>`;
  return page(theme, title, content);
}

function destination({ redirectUri }: ConsentQuestion): Markup | string {
  if (redirectUri === undefined) return "";
  // A URI with a private-use scheme has no host.
  const { host, protocol } = new URL(redirectUri);
  return html`Either way you go back to <strong>${host === "" ? protocol : host}</strong>.`;
}

function personChoice(person: ConsentPerson, selected: string): Markup {
  return html`<label class="choice">
    <input
      type="radio"
      name="user"
      value="${person.id}"
      ${person.id === selected ? html`checked` : ""}
    />
    <img src="${person.picture}" alt="" width="40" height="40" />
    <span class="text"><span>${person.name}</span><small>${person.detail}</small></span>
  </label>`;
}

function scopeChoices({ scopes, remark }: ConsentQuestion): Markup {
  const choices =
    scopes.length === 0
      ? html`<p class="muted">No permissions beyond public information.</p>`
      : scopes.map(scopeChoice);
  return html`<fieldset>
    <legend>Permissions</legend>
    ${choices} ${remark === undefined ? "" : html`<p class="muted remark">${remark}</p>`}
  </fieldset>`;
}

function scopeChoice({ name, meaning, optional }: ConsentScope): Markup {
  const text = html`<span class="text"><span>${meaning}</span><small>${name}</small></span>`;
  return optional
    ? html`<label class="choice"
        ><input type="checkbox" name="scope" value="${name}" checked />${text}</label
      >`
    : html`<div class="choice fixed">
        <input type="hidden" name="scope" value="${name}" /><span class="tick" aria-hidden="true"
          >✓</span
        >${text}
      </div>`;
}
