import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { interleaved, type Side } from "./interleaved.ts";
import { comparisonRow, type Row } from "./table.ts";

const run = promisify(execFile);

const OURS = "@grantkit/provider-github";
const OPENID_CLIENT = "openid-client";
const AXIOS = "axios";

const CLOCK = new URL("./import-clock.js", import.meta.url);
const RECORDER = new URL("./loaded-modules.js", import.meta.url);

/** The first import of a package in a fresh process, and what it brings along. */
export async function coldImport(): Promise<Row[]> {
  const figures = await interleaved([OURS, OPENID_CLIENT, AXIOS].map(sideOf), {
    warmUp: 2,
    rounds: 21,
  });
  const row = (peer: string, aim?: { atMost: number }): Row =>
    comparisonRow({
      benchmark: `cold import: ${OURS} / ${peer}`,
      ours: figures.get(OURS) ?? [],
      peer: figures.get(peer) ?? [],
      format: (figure) => `${figure.toFixed(1)} ms`,
      ...(aim && { aim }),
    });
  return [row(OPENID_CLIENT, { atMost: 1.2 }), row(AXIOS), await axiosRow()];
}

function sideOf(name: string): Side {
  return { name, batch: async () => Number(await inFreshProcess(CLOCK, name)) };
}

async function axiosRow(): Promise<Row> {
  // Shows that the recorder would have seen it.
  if (!(await loads(AXIOS, AXIOS))) throw new Error("The recorder of loaded modules records none");
  const loaded = await loads(OURS, AXIOS);
  return {
    benchmark: `cold import: ${OURS} loads axios`,
    ours: loaded ? "yes" : "no",
    peer: "–",
    ratio: "–",
    spread: "–",
    aim: "no",
    met: !loaded,
  };
}

async function loads(entry: string, dependency: string): Promise<boolean> {
  const modules = await inFreshProcess(RECORDER, entry);
  return modules.split("\n").some((url) => url.includes(`/node_modules/${dependency}/`));
}

async function inFreshProcess(program: URL, specifier: string): Promise<string> {
  // A compile cache would make the second import of all a warm one.
  const { NODE_COMPILE_CACHE: _cache, NODE_OPTIONS: _options, ...env } = process.env;
  const { stdout } = await run(process.execPath, [fileURLToPath(program), specifier], { env });
  return stdout;
}
