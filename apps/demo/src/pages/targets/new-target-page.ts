import { html } from "hono/html";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { FormValues } from "../../flows/form-values.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { TypedProblem } from "../../targets/typed/typed-problem.ts";
import { page, type Piece } from "../layout.ts";
import { timeline } from "../run/timeline.ts";
import { definitionForm, issuerForm, registrationForm } from "./target-forms.ts";

/** Which form was sent. */
export type TypedForm = "issuer" | "definition" | AnyTarget;

/** Renders the forms for another provider, or the one that was sent, with what is wrong. */
export function newTargetPage({
  values,
  form,
  problem,
  exchanges = [],
}: {
  readonly values: FormValues;
  readonly form?: TypedForm;
  readonly problem?: TypedProblem;
  /** What went over the wire until then. */
  readonly exchanges?: readonly Exchange[];
}): Piece {
  const title = problem?.title ?? "Another provider";
  return page(
    title,
    html`${problem ? problemPanel(problem) : html`<h1>${title}</h1>`}
    ${
      form === undefined || form === "issuer"
        ? html`<section class="panel">
            <h2>An issuer</h2>
            ${issuerForm(form ? values : undefined)}
          </section>`
        : ""
    }
    ${
      form === undefined || form === "definition"
        ? html`<section class="panel">
            <h2>A definition</h2>
            ${definitionForm(form ? values : new FormValues())}
          </section>`
        : ""
    }
    ${
      typeof form === "object"
        ? html`<section class="panel">
            <h2>Your app at ${form.title}</h2>
            ${registrationForm(form, values)}
          </section>`
        : ""
    }
    ${wirePanel(exchanges)}`,
    { styles: ["panel", "request", "exchanges"] },
  );
}

function wirePanel(exchanges: readonly Exchange[]): Piece | "" {
  if (exchanges.length === 0) return "";
  return html`<section class="panel">
    <h2>On the wire</h2>
    ${timeline({ id: 0, exchanges, error: undefined })}
  </section>`;
}

function problemPanel({ title, texts, code }: TypedProblem): Piece {
  return html`<section class="panel error" role="alert">
    <h1>${title}</h1>
    ${
      texts.length === 1
        ? html`<p>${texts[0]}</p>`
        : html`<ul>
            ${texts.map((text) => html`<li>${text}</li>`)}
          </ul>`
    }
    <p class="hint">
      Error code: <code>${code}</code>. Nothing was kept. Correct the form, or go back to
      <a href="/">the workbench</a>.
    </p>
  </section>`;
}
