import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { Piece } from "./layout.ts";

/** Whether it is the provider or its emulator. */
export function badge({ emulator, title }: Pick<DemoProvider, "emulator" | "title">): Piece {
  return emulator === undefined
    ? html`<span class="badge real" title="The real ${title}">real</span>`
    : html`<span class="badge" title="An emulator at ${emulator}">emulator</span>`;
}
