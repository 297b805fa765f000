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
export function faultField({ faults }: AnyTarget, { id }: AnyFlow, values: FormValues): Piece | "" {
  const here = faults.filter(({ flows }) => !flows || flows.includes(id));
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
