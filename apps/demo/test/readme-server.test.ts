import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { allow, PlainBrowser } from "./support.ts";

const README = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const FOLDER = new URL("../temp/", import.meta.url);

const blocks = [...README.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
const blockWith = (text: string): string => blocks.find((code) => code.includes(text)) ?? "";

let url: string;
let server: Server;
let emulator: GitHubEmulator;

/** Runs the README's server with the emulator, as the README says, on a free port. */
beforeAll(async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "localhost", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const [imported = "", ...emulated] = blockWith("startGitHub").split("\n");
  const client = emulated.filter((line) => !line.startsWith("import ")).join("\n");
  const code = blockWith("createServer(")
    .replace(/^const github = [^]*?^}\);$/m, () => client)
    .replaceAll("3000", `${port}`);
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(`readme-server-${port}.ts`, FOLDER);
  writeFileSync(file, `${imported}\n${code}`);
  const listening = new Promise<Server>((resolve) => {
    jest.unstable_mockModule("node:http", () => ({
      createServer: (listener: Parameters<typeof createServer>[1]) => {
        const created = createServer(listener as never);
        created.once("listening", () => resolve(created));
        return created;
      },
    }));
  });
  jest.unstable_mockModule("@grantkit/emulator", () => ({
    startGitHub: async () => (emulator = await startGitHub()),
  }));
  await import(file.href);
  server = await listening;
  rmSync(file);
  url = `http://localhost:${port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await emulator.close();
});

/** Opens the start page, allows access, and returns the callback. */
async function begin(visitor: PlainBrowser): Promise<string> {
  return allow((await visitor.get("/")).headers.get("location") ?? "");
}

it("keeps an authorization request for each visitor", async () => {
  const [first, second] = [new PlainBrowser(url), new PlainBrowser(url)];
  const callbacks = [await begin(first), await begin(second)];
  expect(await (await first.get(callbacks[0] ?? "")).text()).toMatch(/^Hello Ada Lovelace </);
  expect(await (await second.get(callbacks[1] ?? "")).text()).toMatch(/^Hello Ada Lovelace </);
});

it("refuses the callback of another visitor, and a second callback", async () => {
  const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const [first, second] = [new PlainBrowser(url), new PlainBrowser(url)];
  const callback = await begin(first);
  await begin(second);
  expect(await (await second.get(callback)).text()).toBe("STATE_MISMATCH");
  expect((await new PlainBrowser(url).get(callback)).status).toBe(400);
  expect((await first.get(callback)).status).toBe(200);
  expect((await first.get(callback)).status).toBe(400);
  log.mockRestore();
});

it("listens on localhost only", async () => {
  const { port } = new URL(url);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid);
  expect(["127.0.0.1", "::1"]).toContain((server.address() as AddressInfo).address);
  for (const { address, family } of others) {
    const host = family === "IPv6" ? `[${address}]` : address;
    await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow();
  }
});
