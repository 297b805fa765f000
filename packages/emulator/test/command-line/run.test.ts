import { afterEach, expect, it } from "@jest/globals";
import { runCommandLine } from "../../src/command-line/run.ts";
import type { CommandLineResult } from "../../src/command-line/run.ts";

const results: CommandLineResult[] = [];

afterEach(async () => {
  for (const result of results.splice(0)) if ("emulator" in result) await result.emulator.close();
});

const run = async (
  ...args: string[]
): Promise<{ result: CommandLineResult; printed: string; complained: string }> => {
  let [printed, complained] = ["", ""];
  const result = await runCommandLine(args, {
    print: (text) => {
      printed += text;
    },
    complain: (text) => {
      complained += text;
    },
  });
  results.push(result);
  return { result, printed, complained };
};

it("starts the provider with its switches and prints what an application needs", async () => {
  const { result, printed } = await run(
    "github",
    "--client-id",
    "my-client",
    "--app-type",
    "github-app",
    "--access-token-lifetime",
    "60",
    "--no-iss",
  );
  if (!("emulator" in result)) throw new Error("nothing was started");
  const { origin, endpoints } = result.emulator;
  expect(printed).toContain(`The emulator of github runs at ${origin}`);
  expect(printed).toContain("my-client");
  expect(printed).toContain("github-emulator-secret");
  expect(printed).toContain(endpoints.authorization);
  const example = /^ {2}(http\S+client_id=my-client\S+)$/m.exec(printed)?.[1] ?? "";
  expect((await fetch(example)).status).toBe(200);
});

it.each([
  ["an unknown provider", ["gitlab"], /no provider "gitlab": google, github, facebook/],
  ["no provider", [], /Name a provider/],
  ["an unknown flag", ["github", "--nope"], /--nope/],
  ["a value that does not fit", ["google", "--client-type", "toaster"], /"clientType" must be/],
  ["a port that is none", ["facebook", "--port", "70000"], /"port" must be/],
  ["a port that is a word", ["facebook", "--port", "many"], /"port" must be/],
])("complains about %s with exit code 2", async (_, args, complaint) => {
  const { result, printed, complained } = await run(...args);
  expect(result).toEqual({ exitCode: 2 });
  expect(complained).toMatch(complaint);
  expect(printed).toBe("");
});

it("fails with exit code 1 when the port is in use", async () => {
  const { result } = await run("github");
  const origin = "emulator" in result ? result.emulator.origin : "";
  const second = await run("google", "--port", new URL(origin).port);
  expect(second.result).toEqual({ exitCode: 1 });
  expect(second.complained).toContain("is in use");
});

it("explains itself, each provider with its switches", async () => {
  expect((await run("--help")).printed).toContain("Providers: google, github, facebook");
  const { result, printed } = await run("github", "--help");
  expect(result).toEqual({ exitCode: 0 });
  expect(printed).toMatch(/--app-type\s+one of "oauth-app", "github-app" \(default: "oauth-app"\)/);
  expect(printed).toContain("--[no-]expiring-tokens");
});
