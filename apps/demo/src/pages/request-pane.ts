import { html } from "hono/html";
import { clientFields } from "../client/client-fields.ts";
import { FLOWS } from "../flows/all-flows.ts";
import type { Field, Flow } from "../flows/flow.ts";
import { FormValues } from "../flows/form-values.ts";
import type { Target } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import type { Piece } from "./layout.ts";

/** What the page shows. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly visitor: Visitor | undefined;
  readonly target: Target;
  readonly flow: Flow;
}

/** Renders what to send: the provider, the flow and its form. */
export function requestPane({ targets, visitor, target, flow }: Selection): Piece {
  const values = visitor?.runs.newestOf(target, flow)?.values ?? new FormValues();
  const clientValues = visitor?.runs.newestAt(target)?.values ?? new FormValues();
  const fields = flow.fields(target);
  const without = target.without[flow.id];
  const holdsToken = visitor?.tokens.has(target.id) ?? false;
  return html`<section class="request" aria-label="Request">
    <nav class="targets" aria-label="Provider">
      ${targets.map(
        ({ id, title, kind }) =>
          html`<a
            class="target ${id}"
            href="/?provider=${id}&flow=${flow.id}"
            ${id === target.id ? html`aria-current="true"` : ""}
            ><span class="title">${title}</span> <span class="badge">${kind}</span></a
          >`,
      )}
    </nav>
    <nav class="flows" aria-label="Flow">
      ${FLOWS.map(
        ({ id, title }) =>
          html`<a
            href="/?provider=${target.id}&flow=${id}"
            ${id === flow.id ? html`aria-current="true"` : ""}
            >${title}</a
          >`,
      )}
    </nav>
    <form method="post" action="/run/${target.id}/${flow.id}" class="flow-form">
      <p class="hint">${flow.teaser}</p>
      ${fields.filter(({ more }) => !more).map((field) => fieldOf(field, values))}
      ${folded(
        "More options",
        fields.filter(({ more }) => more),
        values,
      )}
      ${folded("Client", clientFields(target), clientValues)} ${faultField(target, flow, values)}
      ${
        without !== undefined
          ? html`<button disabled>${flow.button(target)}</button>
              <p class="hint">${without}</p>`
          : flow.needsToken && !holdsToken
            ? html`<button disabled>${flow.button(target)}</button>
                <p class="hint">You hold no token of ${target.title} yet. Get one first.</p>`
            : html`<button class="primary">${flow.button(target)}</button>`
      }
    </form>
  </section>`;
}

/** Fields that are folded away until one of them is used. */
function folded(title: string, fields: readonly Field[], values: FormValues): Piece | "" {
  if (fields.length === 0) return "";
  const isUsed = fields.some(({ name }) => values.text(name) !== undefined);
  return html`<details class="more" ${isUsed ? "open" : ""}>
    <summary>${title}</summary>
    ${fields.map((field) => fieldOf(field, values))}
  </details>`;
}

function faultField({ faults }: Target, { id }: Flow, values: FormValues): Piece | "" {
  const here = faults.filter(({ flows }) => !flows || flows.includes(id));
  if (here.length === 0) return "";
  const chosen = values.text("fault");
  return html`<label class="field fault"
    >Make it fail
    <select name="fault">
      <option value="">no fault</option>
      ${here.map(
        (fault) =>
          html`<option value="${fault.id}" ${fault.id === chosen ? "selected" : ""}>
            ${fault.title}
          </option>`,
      )}
    </select>
  </label>`;
}

function fieldOf(field: Field, values: FormValues): Piece {
  const { name, label, hint, kind, required } = field;
  const value = values.isEmpty ? (field.initial ?? "") : (values.text(name) ?? "");
  const hintId = `${name}-hint`;
  const about = hint === undefined ? "" : html`aria-describedby="${hintId}"`;
  const must = required ? "required" : "";
  const control = (): Piece => {
    if (kind === "box") {
      return html`<input
        type="checkbox"
        name="${name}"
        ${value === "on" ? "checked" : ""}
        ${about}
      />`;
    }
    if (kind === "choice") {
      return html`<select name="${name}" ${about}>
        ${field.options?.map(
          (option) =>
            html`<option value="${option.value}" ${option.value === value ? "selected" : ""}>
              ${option.label}
            </option>`,
        )}
      </select>`;
    }
    if (kind === "lines") {
      return html`<textarea name="${name}" rows="3" ${about} ${must}>${value}</textarea>`;
    }
    return html`<input
      type="${kind === "secret" ? "password" : "text"}"
      name="${name}"
      value="${value}"
      autocomplete="off"
      spellcheck="false"
      ${about}
      ${must}
    />`;
  };
  return html`<label class="field ${kind}">${label} ${control()}</label>
    ${hint === undefined ? "" : html`<p class="hint" id="${hintId}">${hint}</p>`}`;
}
