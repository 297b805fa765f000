import { afterAll, expect, it } from "@jest/globals";
import { join } from "node:path";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

// Windows cannot write the names in a folder to the disk, and does so by itself.
if (process.platform !== "win32") {
  it("a write is on the disk before it replaces the record, and the folders are before it is reported", async () => {
    const parent = join(processes.folder, "new");
    const directory = join(parent, "tokens");
    const calls = (await processes.start("trace", directory).next()) as string[];
    const record = /[\da-f]{64}\.json$/;
    const isRecord = (call: string) => call.startsWith("rename") && record.test(call);
    const staged = calls.find((call) => call.startsWith(`sync ${join(directory, "tmp")}`)) ?? "";
    expect(calls.filter((call) => call.startsWith("sync"))).toEqual([
      `sync ${parent}`,
      `sync ${processes.folder}`,
      `sync ${directory}`,
      staged,
      `sync ${directory}`,
    ]);
    expect(calls.indexOf(staged)).toBeLessThan(calls.findIndex(isRecord));
    expect(calls.slice(calls.findIndex(isRecord))).toEqual([
      expect.stringMatching(record),
      `sync ${directory}`,
      "written",
    ]);
  });
}
