import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import type * as Playwright from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { serveDemo, type ServedDemo } from "./support.ts";

/** Loads Playwright outside of Jest's module registry, which loads it anew for each file, and takes seconds to. */
const { chromium } = process.getBuiltinModule("node:module").createRequire(import.meta.url)(
  "playwright-core",
) as typeof Playwright;

/** The Chromium that scripts/run.mjs found; undefined where there is none. */
const executablePath = process.env["CHROMIUM_PATH"];

if (!executablePath && process.env["CI"] === "true") {
  throw new Error("CI runs the browser tests: set CHROMIUM_PATH.");
}

/** A describe for tests that need a browser, which are skipped without one. */
export const describeWithChromium: typeof describe | typeof describe.skip = executablePath
  ? describe
  : describe.skip;

/** Starts a Chromium that makes no requests of its own. */
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
      // Demo and emulators may share a process: starting one for each costs more than their pages.
      "--disable-site-isolation-trials",
      "--disable-features=IsolateOrigins,site-per-process",
    ],
  });
}

let shared: Promise<Browser> | undefined;

/** Starts the Chromium that all tests of a file share. */
function sharedBrowser(): Promise<Browser> {
  shared ??= launchChromium();
  return shared;
}

afterAll(async () => (await shared)?.close());

/** A demo, and a page in a new browser context. */
export interface BrowserVisit {
  readonly demo: ServedDemo;
  readonly context: BrowserContext;
  readonly page: Page;
}

/**
 * Serves a demo for a block of tests, and opens a page in a new browser context for each test, or for the whole block.
 * Tests fail when the demo or the browser reports an error.
 */
export function demoInBrowser(per: "test" | "block" = "test"): () => BrowserVisit {
  let demo: ServedDemo;
  let visit: BrowserVisit;
  let complaints: string[];
  const begin = async (): Promise<void> => {
    const context = await (await sharedBrowser()).newContext();
    complaints = [];
    context.on("page", (page) => {
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // Chromium logs the status of an error page as an error.
        if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) {
          complaints.push(message.text());
        }
      });
    });
    visit = { demo, context, page: await context.newPage() };
  };
  const end = async (): Promise<void> => {
    await visit.context.close();
    expect(complaints).toEqual([]);
    expect(demo.failures).toEqual([]);
  };
  beforeAll(async () => {
    demo = await serveDemo();
    if (per === "block") await begin();
  });
  if (per === "test") {
    beforeEach(begin);
    afterEach(end);
  }
  afterAll(async () => {
    if (per === "block") await end();
    await demo.stop();
  });
  return () => visit;
}

const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 720 },
] as const;
const COLOR_SCHEMES = ["light", "dark"] as const;

/** Shows the page in each width and theme, such as "1280-dark". */
export async function eachLook(page: Page, use: (look: string) => Promise<void>): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of COLOR_SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await use(`${size.width}-${colorScheme}`);
    }
  }
}

/** The parts of a page that are wider than their window or their frame. */
export async function partsTooWide(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[document.documentElement, ...document.querySelectorAll(".panel, .request, .result, .run, .runs, .flow-form")]
      .filter((part) => part.scrollWidth > part.clientWidth)
      .map((part) => part.tagName + "." + part.className)`,
  );
}

/** The parts of a page that are too wide, in each width and theme. */
export async function widthProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  await eachLook(page, async (look) => {
    problems.push(...(await partsTooWide(page)).map((part) => `${part} at ${look}`));
  });
  return problems;
}
