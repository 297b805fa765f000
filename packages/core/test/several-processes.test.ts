// Takes more than ten seconds: processes start, and the lease of a killed one ends in real time.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { type Bundle, bundle } from "./support/bundled.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { closedAfterAll } from "./support/running.ts";
import { SharedStore } from "./support/shared-store.ts";
import { StoreServer } from "./support/store-server.ts";
import { turns, until } from "./support/turns.ts";

const key = "user-1";
const running = closedAfterAll();
let modules: Bundle;
let database: StoreServer;
beforeAll(() => {
  modules = bundle("shared-store", "refreshing-process", "never-ending-locks");
});
afterAll(() => modules.close());
beforeEach(async () => {
  database = await running(StoreServer.start());
});

/** Writes a module that opens a store of the database in another process. */
function processModule(store: string): URL {
  const from = JSON.stringify(pathToFileURL(modules.path("shared-store")).href);
  const opening = `new ${store}(${JSON.stringify(database.server.origin)})`;
  const file = join(modules.folder, `${store}-${Math.random()}.mjs`);
  writeFileSync(
    file,
    `import { ${store} } from ${from};\nexport const makeStore = () => ${opening};\n`,
  );
  return pathToFileURL(file);
}

/** What the conformance suite says against a store, in the cases with other processes whose names match. */
async function failuresOf(store: string, names: RegExp): Promise<string> {
  const cases = tokenStoreConformance({
    makeStore: () => new SharedStore(database.server.origin),
    processModule: processModule(store),
  }).filter(({ name }) => name.startsWith("several processes") && names.test(name));
  expect(cases.length).toBeGreaterThan(0);
  const outcomes = await Promise.allSettled(cases.map((each) => each.run()));
  return outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : [])).join("\n");
}

describe("the conformance suite with a module for other processes", () => {
  it("passes a store that several processes share", async () => {
    expect(await failuresOf("SharedStore", /./)).toBe("");
  });

  it("finds a lock that works only within one process", async () => {
    expect(await failuresOf("LocallyLockedStore", /one holder/)).toMatch(
      /another process wrote while this one held the lock/,
    );
  });

  it("finds a lock that does not end when its holder is killed", async () => {
    database.leasesEnd = false;
    expect(await failuresOf("SharedStore", /killed/)).toMatch(
      /the lock of a killed holder ends after holdMs/,
    );
  });

  it("fails with what the other process says, if it cannot open the store", async () => {
    const cases = tokenStoreConformance({
      makeStore: () => new SharedStore(database.server.origin),
      processModule: join(modules.folder, "missing.mjs"),
    });
    await expect(cases.at(-1)?.run()).rejects.toThrow(/In another process: .*missing\.mjs/);
  });
});

it("the conformance suite does not end a plain runner whose store keeps its locks", () => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [modules.path("never-ending-locks")],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const failures = JSON.parse(stdout) as Record<string, number>;
  expect(Object.keys(failures)).toHaveLength(3);
  for (const count of Object.values(failures)) expect(count).toBeGreaterThan(0);
});

describe("a process that refreshes a token of a shared store", () => {
  let example: ExampleProvider;
  beforeEach(async () => {
    example = await running(ExampleProvider.start());
    example.rotate("rt-old");
    const store = new SharedStore(database.server.origin);
    await store.compareAndSet(key, undefined, {
      accessToken: "at-old",
      refreshToken: "rt-old",
      expiresAt: 1,
    });
  });

  function start(...options: readonly string[]): { child: ChildProcess; output: () => string } {
    const program = [modules.path("refreshing-process")];
    const child = spawn(
      process.execPath,
      [...options, ...program, example.origin, database.server.origin, key],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let text = "";
    const add = (chunk: Buffer): void => void (text += chunk.toString());
    child.stdout?.on("data", add);
    child.stderr?.on("data", add);
    return { child, output: () => text };
  }

  it("loads no module while it holds the lock", async () => {
    const [hooks, register] = ["hooks.mjs", "register.mjs"].map((name) =>
      join(modules.folder, name),
    ) as [string, string];
    writeFileSync(
      hooks,
      `import { writeSync } from "node:fs";
      export function load(url, context, next) {
        writeSync(1, \`loading \${url}\\n\`);
        return next(url, context);
      }`,
    );
    const hooksUrl = JSON.stringify(pathToFileURL(hooks).href);
    writeFileSync(register, `import { register } from "node:module";\nregister(${hooksUrl});\n`);
    const { child, output } = start("--import", pathToFileURL(register).href);
    await new Promise((resolve) => child.once("close", resolve));
    expect(output()).toMatch(/answered .* with at-rotated-1/);
    const [before, underLock] = output().split(/^(?:un)?locked$/m);
    expect(underLock).toBe("\n");
    expect(before).toContain("refresh-token");
  });

  it("is followed by another within seconds when it is killed", async () => {
    const { token: rotating } = example;
    let asked = 0;
    let firstAnswer: ReturnType<typeof rotating>;
    // The server rotates, and accepts the old refresh token once more.
    example.token = async (request, response) => {
      asked += 1;
      firstAnswer ??= rotating(request, response);
      return asked === 1 ? "hang" : firstAnswer;
    };
    const killed = start();
    await until(() => asked === 1);
    killed.child.kill("SIGKILL");
    const next = start();
    await new Promise((resolve) => next.child.once("close", resolve));
    expect(next.output()).toMatch(/answered .* with at-rotated-1/);
    expect(Math.max(...database.asked)).toBeLessThanOrEqual(5000);
    await turns(1);
    expect(killed.child.signalCode).toBe("SIGKILL");
  });
});
