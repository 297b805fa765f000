import { afterEach, expect, it, jest } from "@jest/globals";
import { missingServer } from "@grantkit/store-faults";

const { CI, PATH } = process.env;
afterEach(() => {
  for (const [name, value] of Object.entries({ CI, PATH })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  jest.restoreAllMocks();
});

it("a machine without Redis says so in one line, once, and skips its tests", () => {
  process.env["PATH"] = "";
  delete process.env["CI"];
  const lines: unknown[] = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(text) > 0);
  expect([missingServer("redis"), missingServer("redis")]).toEqual([true, true]);
  expect(lines).toEqual(["redis-server is not installed: its tests are skipped.\n"]);
});

it("CI does not skip the tests of a server that is missing", () => {
  process.env["PATH"] = "";
  process.env["CI"] = "true";
  expect(() => missingServer("redis")).toThrow("CI tests with redis-server: install it.");
});
