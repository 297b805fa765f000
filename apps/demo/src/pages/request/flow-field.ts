import { html } from "hono/html";
import type { Field } from "../../flows/flow.ts";
import type { FormValues } from "../../flows/form-values.ts";
import type { Piece } from "../layout.ts";

/** Renders a field with its label and its hint, whose ID begins with the form's name where a page has several forms. */
export function flowField(field: Field, values: FormValues, form = ""): Piece {
  const { name, label, hint, kind } = field;
  const hintId = `${form}${name}-hint`;
  const control = controlOf(field, values, hint === undefined ? "" : hintId);
  return html`<div class="field-with-hint">
    <label class="field ${kind}"
      >${kind === "box" ? html`${control} ${label}` : html`${label} ${control}`}</label
    >
    ${hint === undefined ? "" : html`<p class="hint" id="${hintId}">${hint}</p>`}
    ${kind === "words" ? suggestions(field) : ""}
  </div>`;
}

/** Renders words to choose from, which `chips.js` shows: each puts its word into the field, or takes it out. */
function suggestions({ name, label, options = [] }: Field): Piece | "" {
  if (options.length === 0) return "";
  return html`<ul class="chips" data-for="${name}" aria-label="${label} to choose from" hidden>
    ${options.map(
      ({ value }) =>
        html`<li>
          <button type="button" aria-pressed="false" value="${value}">${value}</button>
        </li>`,
    )}
  </ul>`;
}

function controlOf(field: Field, values: FormValues, hintId: string): Piece {
  const { name, kind, required, options = [] } = field;
  const value = values.isEmpty ? (field.initial ?? "") : (values.text(name) ?? "");
  const about = hintId === "" ? "" : html`aria-describedby="${hintId}"`;
  const must = required ? "required" : "";
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
      ${options.map(
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
}
