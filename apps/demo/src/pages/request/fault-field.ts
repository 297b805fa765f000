import { html } from "hono/html";
import type { AnyFlow } from "../../flows/flow.ts";
import type { FormValues } from "../../flows/form-values.ts";
import type { Fault } from "../../targets/fault.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Piece } from "../layout.ts";

const GROUPS: readonly { readonly by: Fault["by"]; readonly label: string }[] = [
  { by: "provider", label: "The provider's faults" },
  { by: "app", label: "The app's and the user's mistakes" },
];

/** Renders the choice of what goes wrong in the next run; nothing where nothing can. */
export function faultField(target: AnyTarget, flow: AnyFlow, values: FormValues): Piece | "" {
  const here = faultsOf(target, flow);
  if (here.length === 0) return "";
  const chosen = values.text("fault");
  return html`<label class="field fault"
    >Make it fail
    <select name="fault">
      <option value="">no fault</option>
      ${GROUPS.map(({ by, label }) => {
        const group = here.filter((fault) => fault.by === by);
        return group.length === 0
          ? ""
          : html`<optgroup label="${label}">
              ${group.map(
                (fault) =>
                  html`<option value="${fault.id}" ${fault.id === chosen ? "selected" : ""}>
                    ${fault.title}
                  </option>`,
              )}
            </optgroup>`;
      })}
    </select>
  </label>`;
}

/**
 * Renders which fault is on, and a button that removes it; `fault.js` shows one that was not sent yet. It comes after the
 * button that sends the form, because the first button of a form is the one that Enter presses.
 */
export function faultNotice(target: AnyTarget, flow: AnyFlow, values: FormValues): Piece | "" {
  const here = faultsOf(target, flow);
  if (here.length === 0) return "";
  const chosen = here.find(({ id }) => id === values.text("fault"));
  return html`<p class="fault-on" ${chosen ? "" : "hidden"}>
    <span>Fault on: <strong>${chosen?.title}</strong></span>
    <button formaction="/remove-fault/${target.id}/${flow.id}" formnovalidate>Remove</button>
  </p>`;
}

/** The faults that show in a flow. */
function faultsOf({ faults }: AnyTarget, { id }: AnyFlow): readonly Fault[] {
  return faults.filter(({ flows }) => !flows || flows.includes(id));
}
