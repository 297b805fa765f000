import type { Locator, Page } from "playwright-core";
import type { BrowserVisit } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

/** What a form is filled in with, by the names of its fields; true ticks a box. */
type Values = Readonly<Record<string, string | boolean>>;

/** The workbench of one target, in a browser. */
export class Workbench {
  readonly #page: Page;
  readonly #address: string;

  constructor({ page, demo }: BrowserVisit, target: string) {
    this.#page = page;
    this.#address = `${demo.url}/?provider=${target}&flow=`;
    page.setDefaultTimeout(8000);
  }

  /** Opens the form of a flow, fills it in, and sends it. */
  async send(flow: string, values: Values = {}): Promise<void> {
    const [shown] = this.#page.url().split("#");
    // The result of the flow's last run has the form too.
    if (shown !== `${this.#address}${flow}`) await this.#page.goto(`${this.#address}${flow}`);
    await this.#fillIn(values);
    const loaded = this.#page.waitForEvent("domcontentloaded");
    await this.#page.locator(".flow-form .send > button").click();
    await loaded;
  }

  /** Sends a flow that no page of the provider interrupts, and returns what the page says about it. */
  async run(flow: string, values: Values = {}): Promise<string> {
    await this.send(flow, values);
    return this.result();
  }

  /** The newest result, as text. */
  async result(): Promise<string> {
    await this.#page.locator("#result").waitFor();
    return this.#page.locator(".run").first().innerText();
  }

  /** Lets the demo's clock go on, and the page that waits ask at once whether it has changed, until something is there. */
  async letTimePass({ clock }: ServedDemo, end: Locator): Promise<void> {
    while (!(await end.isVisible())) {
      clock.advance(1000);
      await this.#page
        .evaluate(`document.dispatchEvent(new Event("visibilitychange"))`)
        // The page has just reloaded itself.
        .catch(() => undefined);
      await this.#page.waitForTimeout(50);
    }
  }

  /** Says yes to the local server as often as it asks, until something else is there. */
  async sayYes(page = this.#page, end: Locator = page.locator("#result")): Promise<void> {
    const yes = page.getByRole("button", { name: /^(?:Ada Lovelace|Allow|Sign out)$/ });
    for (;;) {
      await yes.or(end).first().waitFor();
      if (await end.isVisible()) return;
      await yes.click();
    }
  }

  async #fillIn(values: Values): Promise<void> {
    const form = this.#page.locator(".flow-form");
    for (const [name, value] of Object.entries(values)) {
      const field = form.locator(`[name="${name}"]`);
      const inside = this.#page.locator(`[name="${name}"]`);
      const folded = form.locator("details:not([open])", { has: inside });
      if ((await folded.count()) > 0) await folded.locator("summary").click();
      if (typeof value === "boolean") await field.setChecked(value);
      else if ((await field.evaluate(({ tagName }) => tagName)) === "SELECT") {
        await field.selectOption(value);
      } else await field.fill(value);
    }
  }
}
