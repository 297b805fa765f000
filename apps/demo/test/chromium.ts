import { describe } from "@jest/globals";
import { type Browser, chromium } from "playwright-core";

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
export function launchChromium(): Promise<Browser> {
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
