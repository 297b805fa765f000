import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { comparisonRow, figureRow, type Format, type Row } from "./table.ts";

const run = promisify(execFile);

const PACKAGES = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Of each provider's package the peers that do the same. */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  "provider-google": ["google-auth-library@10.9.1"],
  "provider-github": ["@octokit/oauth-app@8.0.4", "@octokit/auth-app@8.3.1"],
  "provider-facebook": [],
  "provider-microsoft": ["@azure/msal-node@7.2.3"],
};

/** What npm put into an empty folder. */
interface Installation {
  /** How many packages, dependencies included. */
  readonly packages: number;
  /** Bytes of all tarballs. */
  readonly packed: number;
  /** Bytes of all files. */
  readonly installed: number;
}

const MOST_PACKAGES = 36;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** What an installation of each provider's package brings, beside that of its peers. */
export async function packageSizes(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "grantkit-sizes-"));
  try {
    const rows: Row[] = [];
    for (const [name, peers] of Object.entries(PEERS)) {
      const ours = await install(folder, await pack(folder, ["core", name]));
      const peer = peers.length > 0 ? await install(folder, peers) : undefined;
      const titles = peers.map((each) => each.replace(/@[\d.]+$/, "")).join(" + ");
      rows.push(...rowsOf(name, ours, titles, peer));
    }
    return rows;
  } catch (error) {
    process.stderr.write(`package-sizes is left out, because npm failed: ${String(error)}\n`);
    return [];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function rowsOf(name: string, ours: Installation, peers: string, peer?: Installation): Row[] {
  const row = (title: string, what: keyof Installation, format: Format): Row =>
    peer
      ? comparisonRow({
          benchmark: `${title}: ${name} / ${peers}`,
          ours: [ours[what]],
          peer: [peer[what]],
          format,
          aim: { atMost: 1 },
        })
      : figureRow({ benchmark: `${title}: ${name}`, ours: [ours[what]], format });
  return [
    figureRow({
      benchmark: `packages installed: ${name}`,
      ours: [ours.packages],
      format: String,
      aim: { atMost: MOST_PACKAGES },
    }),
    ...(peer ? [row("packages installed", "packages", String)] : []),
    row("bytes of all tarballs", "packed", kilobytes),
    row("bytes of all files", "installed", kilobytes),
  ];
}

const kilobytes: Format = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

/** Packs packages of the workspace, and gives the paths of the tarballs. */
async function pack(folder: string, names: readonly string[]): Promise<string[]> {
  const target = await mkdtemp(join(folder, "tarballs-"));
  const sources = names.map((name) => join(PACKAGES, name));
  await npm(["pack", "--silent", "--pack-destination", target, ...sources], folder);
  return (await readdir(target)).map((name) => join(target, name));
}

/** Installs packages into an empty folder. */
async function install(folder: string, specifiers: readonly string[]): Promise<Installation> {
  const project = await mkdtemp(join(folder, "project-"));
  await writeFile(join(project, "package.json"), '{ "private": true }');
  await npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", ...specifiers], project);
  const lock = await readFile(join(project, "node_modules/.package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, unknown>> };
  const folders = Object.keys(packages).map((path) => `./${path}`);
  // Packs what is installed: the tarballs of the registry have the same files.
  const list = await npm(["pack", "--dry-run", "--json", "--ignore-scripts", ...folders], project);
  const tarballs = JSON.parse(list) as readonly { size: number; unpackedSize: number }[];
  return {
    packages: folders.length,
    packed: sum(tarballs.map(({ size }) => size)),
    installed: sum(tarballs.map(({ unpackedSize }) => unpackedSize)),
  };
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, maxBuffer: MOST_OUTPUT, shell: process.platform === "win32" };
  return (await run("npm", args, options)).stdout;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
