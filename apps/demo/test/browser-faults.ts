import type { Page } from "playwright-core";
import type { BrowserVisit } from "./chromium.ts";

/** Drives the switches of a provider in Chromium. */
export class BrowserFaults {
  readonly #page: Page;
  readonly #url: string;
  readonly #title: string;

  constructor({ page, demo }: BrowserVisit, title: string) {
    this.#page = page;
    this.#url = demo.url;
    this.#title = title;
  }

  /** Opens a flow's form, unless the result of its last run is open, which has the form too. */
  async open(flow = "authorization-code"): Promise<void> {
    const url = `${this.#url}/?provider=${this.#title.toLowerCase()}&flow=${flow}`;
    if (!this.#page.url().startsWith(url)) await this.#page.goto(url);
  }

  /** Sends the browser to the provider, with a fault. */
  async depart(fault: string): Promise<void> {
    await this.open();
    await this.#page.getByLabel("Make it fail").selectOption({ label: fault });
    await this.#page.getByRole("button", { name: `Sign in with ${this.#title}` }).click();
  }

  /** Signs in with a fault, and allows access. */
  async signIn(fault: string): Promise<void> {
    await this.depart(fault);
    await this.#page.getByRole("button", { name: "Allow" }).click();
    await this.#page.waitForURL(`${this.#url}/?*#result`);
  }

  /** Calls the API with a fault. */
  async callApi(fault: string): Promise<void> {
    await this.open("api-call");
    await this.#page.getByLabel("Make it fail").selectOption({ label: fault });
    await Promise.all([
      this.#page.waitForNavigation({ url: `${this.#url}/?*#result` }),
      this.#page.getByRole("button", { name: "Call the API" }).click(),
    ]);
  }

  /** The heading of the result. */
  async heading(): Promise<string> {
    return this.#page.locator("#result").innerText();
  }

  /** The error's code. */
  async code(): Promise<string> {
    return this.#page.locator(".error-code > code").innerText();
  }

  /** What the page says about the run. */
  async explanation(): Promise<string> {
    return this.#page.getByRole("region", { name: "Explanation" }).innerText();
  }
}
