import { html } from "hono/html";
import type { AnyFlow } from "../flows/flow.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import type { Piece } from "./layout.ts";
import { targetDetails } from "./targets/target-details.ts";
import { flowForm } from "./request/flow-form.ts";
import { flowPicker } from "./request/flow-picker.ts";
import { heldTokenPanel } from "./request/held-token-panel.ts";
import { providerPicker } from "./request/provider-picker.ts";

/** What the page shows. */
export interface Selection {
  readonly targets: readonly AnyTarget[];
  readonly visitor: Visitor | undefined;
  readonly target: AnyTarget;
  readonly flow: AnyFlow;
  /** Whether the form is filled in so that a refresh token comes. */
  readonly isOffline: boolean;
}

/** Renders what to send: the provider, the flow and its form. */
export function requestPane({ targets, visitor, target, flow, isOffline }: Selection): Piece {
  return html`<section class="request" aria-label="Request">
    ${providerPicker(targets, target, flow)} ${targetDetails(target)}
    <div class="flow">
      ${flowPicker(target, flow)}
      <div>${flowForm(target, flow, visitor, isOffline)} ${heldTokenPanel(target, visitor)}</div>
    </div>
  </section>`;
}
