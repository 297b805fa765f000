import { expect } from "@jest/globals";
import type { Page } from "playwright-core";
import type { BrowserVisit } from "./chromium.ts";
import type { FaultCase } from "./fault-cases.ts";

/** Drives the switches of a provider in Chromium. */
export class BrowserFaults {
  readonly #page: Page;
  readonly #url: string;
  readonly #target: string;

  constructor({ page, demo }: BrowserVisit, target: string) {
    this.#page = page;
    this.#url = demo.url;
    this.#target = target.toLowerCase();
  }

  /** Opens a flow's form, unless the result of its last run is open, which has the form too. */
  async open(flow = "authorization-code"): Promise<void> {
    const url = `${this.#url}/?provider=${this.#target}&flow=${flow}`;
    if (!this.#page.url().startsWith(url)) await this.#page.goto(url);
  }

  /** Chooses the prompt of the next sign-ins: a user who has consented comes back at once with "none". */
  async prompt(value: "none" | ""): Promise<void> {
    await this.open();
    const field = this.#page.locator('[name="prompt"]');
    const folded = this.#page.locator(".flow-form details:not([open])", { has: field });
    if ((await folded.count()) > 0) await folded.locator("summary").click();
    await field.selectOption(value);
  }

  /** Sends a flow with a fault: to the provider, or to the page with its result. */
  async depart(fault: string, flow?: string): Promise<void> {
    await this.open(flow);
    await this.#page.getByLabel("Make it fail").selectOption({ label: fault });
    await Promise.all([
      this.#page.waitForEvent("domcontentloaded"),
      this.#page.locator(".flow-form .send > button").click(),
    ]);
  }

  /** Signs in with a fault, and allows access. */
  async signIn(fault: string, { flow, user }: Partial<FaultCase> = {}): Promise<void> {
    await this.depart(fault, flow);
    // Some fail before the browser is sent away, and others ask for no consent.
    if (this.#page.url().startsWith(this.#url)) return;
    if (user !== undefined) await this.#page.getByLabel(user).check();
    await this.#page.getByRole("button", { name: "Allow" }).click();
    await this.#page.waitForURL(`${this.#url}/?*#result`);
  }

  /** Calls the API with a fault. */
  async callApi(fault: string): Promise<void> {
    await this.depart(fault, "api-call");
  }

  /** Takes a case, and compares what the page says. */
  async expectCase({ fault, end, words, ...rest }: FaultCase): Promise<void> {
    await this.signIn(fault, rest);
    const isFailed = (await this.#page.locator(".run.bad").count()) > 0;
    expect(await (isFailed ? this.code() : this.heading())).toBe(end);
    if (words !== "") expect(await this.explanation()).toContain(words);
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

/** The cases as rows of a table of tests. */
export function rowsOf(
  cases: readonly FaultCase[] | undefined,
): (readonly [string, string, string, FaultCase])[] {
  return (cases ?? []).map((each) => [each.fault, each.end, each.words, each]);
}
