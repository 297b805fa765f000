import { html } from "hono/html";
import type { Field, AnyFlow } from "../../flows/flow.ts";
import { FormValues } from "../../flows/form-values.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Visitor } from "../../visitors.ts";
import type { Piece } from "../layout.ts";
import { hasOwnMark, providerMark } from "../provider-mark.ts";
import { faultField } from "./fault-field.ts";
import { flowField } from "./flow-field.ts";

/** Renders the form of a flow, with what the person sent last. */
export function flowForm(target: AnyTarget, flow: AnyFlow, visitor: Visitor | undefined): Piece {
  const values = visitor?.runs.newestOf(target, flow)?.values ?? new FormValues();
  const fields = flow.fields(target);
  return html`<form method="post" action="/run/${target.id}/${flow.id}" class="flow-form">
    <h2>${flow.title}</h2>
    <p class="hint">${flow.teaser}</p>
    ${fields.filter(({ more }) => !more).map((field) => flowField(field, values))}
    ${moreOptions(fields, values)} ${faultField(target, flow, values)}
    ${sendButton(target, flow, visitor)}
  </form>`;
}

function sendButton(target: AnyTarget, flow: AnyFlow, visitor: Visitor | undefined): Piece {
  const label = flow.button(target);
  const holdsToken = visitor?.tokens.has(target.id) || visitor?.oauth1Tokens.has(target.id);
  const reason =
    target.without[flow.id] ??
    (flow.needsToken && !holdsToken
      ? `You hold no token of ${target.title} yet. Get one first.`
      : undefined);
  if (reason !== undefined) {
    return html`<button disabled>${label}</button>
      <p class="hint">${reason}</p>`;
  }
  return label === `Sign in with ${target.title}` && hasOwnMark(target.id)
    ? html`<button class="sign-in sign-in-${target.id}">${providerMark(target)}${label}</button>`
    : html`<button class="primary">${label}</button>`;
}

function moreOptions(fields: readonly Field[], values: FormValues): Piece | "" {
  const more = fields.filter((field) => field.more);
  if (more.length === 0) return "";
  const isUsed = more.some(({ name }) => values.text(name) !== undefined);
  return html`<details class="more" ${isUsed ? "open" : ""}>
    <summary>More options</summary>
    ${more.map((field) => flowField(field, values))}
  </details>`;
}
