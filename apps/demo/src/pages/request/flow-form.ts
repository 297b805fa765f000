import { html } from "hono/html";
import { clientFields } from "../../client/client-fields.ts";
import type { Field, AnyFlow } from "../../flows/flow.ts";
import { FormValues } from "../../flows/form-values.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Visitor } from "../../visitors.ts";
import type { Piece } from "../layout.ts";
import { hasOwnMark, providerMark } from "../provider-mark.ts";
import { faultField, faultNotice } from "./fault-field.ts";
import { flowField } from "./flow-field.ts";
import { refreshNotice } from "./refresh-notice.ts";

/**
 * Renders the form of a flow, with what the person sent last.
 *
 * @param isOffline - Whether it is filled in so that a refresh token comes.
 */
export function flowForm(
  target: AnyTarget,
  flow: AnyFlow,
  visitor: Visitor | undefined,
  isOffline = false,
): Piece {
  const sent = visitor?.runs.newestOf(target, flow)?.form ?? new FormValues();
  const values = isOffline ? offlineValues(target, flow, sent) : sent;
  const clientValues = visitor?.runs.newestAt(target)?.form ?? new FormValues();
  const fields = flow.fields(target);
  return html`<form method="post" action="/run/${target.id}/${flow.id}" class="flow-form">
    <h2 id="request" tabindex="-1">${flow.title}</h2>
    ${missingNotice(target, flow)}
    <p class="hint">${flow.teaser}</p>
    ${refreshNotice(target, flow, visitor)}
    ${fields.filter(({ more }) => !more).map((field) => flowField(field, values))}
    ${folded(
      "More options",
      fields.filter(({ more }) => more),
      values,
    )}
    ${folded("Client", target.protocol === "oauth1" ? [] : clientFields(target), clientValues)}
    ${faultField(target, flow, values)}
    <div class="send">
      ${sendButton(target, flow, visitor)} ${faultNotice(target, flow, values)}
    </div>
  </form>`;
}

function offlineValues(target: AnyTarget, flow: AnyFlow, sent: FormValues): FormValues {
  const { offlineAccess } = target;
  if (!offlineAccess) return sent;
  const initial = new URLSearchParams();
  for (const { name, initial: value = "" } of flow.fields(target)) initial.set(name, value);
  const shown = sent.isEmpty ? new FormValues(initial) : sent;
  return shown.with(offlineAccess.values);
}

function sendButton(target: AnyTarget, flow: AnyFlow, visitor: Visitor | undefined): Piece {
  const label = flow.button(target);
  const { id, mark = id, title } = target;
  if (target.without[flow.id] !== undefined) return html`<button disabled>${label}</button>`;
  const reason = reasonAgainst(target, flow, visitor);
  if (reason !== undefined) {
    return html`<button disabled>${label}</button>
      <p class="hint">${reason}</p>`;
  }
  return label === `Sign in with ${title}` && hasOwnMark(mark)
    ? html`<button class="sign-in sign-in-${mark}">${providerMark(target)}${label}</button>`
    : html`<button class="primary">${label}</button>`;
}

/** Says at the top why the provider has no such flow, so that nobody fills in the form first. */
function missingNotice({ without }: AnyTarget, { id }: AnyFlow): Piece | "" {
  const reason = without[id];
  return reason === undefined ? "" : html`<p class="notice" role="note">${reason}</p>`;
}

/** Why a flow cannot be used yet. */
function reasonAgainst(
  { id, title, registration }: AnyTarget,
  flow: AnyFlow,
  visitor: Visitor | undefined,
): string | undefined {
  if (registration?.isMissing) return `Type in your client ID at ${title} first.`;
  if (!flow.needsToken) return undefined;
  const held = visitor?.tokens.get(id);
  if (!held && !visitor?.oauth1Tokens.has(id)) {
    return `You hold no token of ${title} yet. Get one first.`;
  }
  return flow.needsToken === "refreshable" && held?.token.refreshToken === undefined
    ? "Get a token with a refresh token first."
    : undefined;
}

/** Fields that are folded away until one of them is used. */
function folded(title: string, fields: readonly Field[], values: FormValues): Piece | "" {
  if (fields.length === 0) return "";
  const isUsed = fields.some(({ name }) => values.text(name) !== undefined);
  return html`<details class="more" ${isUsed ? "open" : ""}>
    <summary>${title}</summary>
    ${fields.map((field) => flowField(field, values))}
  </details>`;
}
