import { afterAll, beforeAll, it } from "@jest/globals";
import { BrowserFaults, rowsOf } from "./browser-faults.ts";
import { demoInBrowser, describeWithChromium } from "./chromium.ts";
import { FAULT_CASES } from "./fault-cases.ts";
import { letTimePass } from "./faults.ts";

describeWithChromium("a fault of Facebook, in a browser,", () => {
  const visit = demoInBrowser("block");
  let stopTime: () => void;
  let faults: BrowserFaults;
  beforeAll(async () => {
    stopTime = letTimePass(visit().demo);
    faults = new BrowserFaults(visit(), "facebook");
  });
  afterAll(() => stopTime());

  it.each(rowsOf(FAULT_CASES["facebook"]))("%s, ends with %s and says: %s", (...row) =>
    faults.expectCase(row[3]),
  );
});
