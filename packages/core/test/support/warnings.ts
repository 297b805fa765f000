import { afterEach, beforeEach } from "@jest/globals";
import type { GrantkitEvents } from "@grantkit/core";
import diagnostics from "node:diagnostics_channel";

type Warning = GrantkitEvents["grantkit:warning"];

/** Returns a list of the warnings that are published during a test. */
export function watchedWarnings(): Warning[] {
  const warnings: Warning[] = [];
  const listener = (event: unknown): void => void warnings.push(event as Warning);
  beforeEach(() => {
    warnings.length = 0;
    diagnostics.subscribe("grantkit:warning", listener);
  });
  afterEach(() => {
    diagnostics.unsubscribe("grantkit:warning", listener);
  });
  return warnings;
}
