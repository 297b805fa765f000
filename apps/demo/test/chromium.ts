import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { serveDemo, type ServedDemo } from "./support.ts";

/** The Chromium that scripts/run.mjs found; undefined where there is none. */
const executablePath = process.env["CHROMIUM_PATH"];

if (!executablePath && process.env["CI"] === "true") {
  throw new Error("CI runs the browser tests: set CHROMIUM_PATH.");
}

/** For tests that need a browser; `npm test` says so where they are passed over. */
export const describeWithChromium: typeof describe | typeof describe.skip = executablePath
  ? describe
  : describe.skip;

/** Starts a Chromium that keeps to this machine. */
function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A demo, and a page in a browser that nobody has used. */
export interface BrowserVisit {
  readonly demo: ServedDemo;
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Serves a demo and opens a browser for each test of a block; neither may complain. */
export function demoInBrowser(): () => BrowserVisit {
  let browser: Browser;
  let visit: BrowserVisit;
  let complaints: string[];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const demo = await serveDemo();
    const context = await browser.newContext();
    complaints = [];
    context.on("page", (page) => {
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // An error page's own status is no complaint.
        if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) {
          complaints.push(message.text());
        }
      });
    });
    visit = { demo, context, page: await context.newPage() };
  });
  afterEach(async () => {
    const { context, demo } = visit;
    await context.close();
    await demo.stop();
    expect(complaints).toEqual([]);
    expect(demo.failures).toEqual([]);
  });
  return () => visit;
}
