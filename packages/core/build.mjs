// The JavaScript of the package in few files: Node reads and links each module by itself, and forty small ones are a third
// of what an import takes. What is loaded on first use stays apart; the declarations are tsc's, a file for each source.
import { rmSync } from "node:fs";
import { build } from "esbuild";

// Chunks are named after what is in them: those of an earlier build would stay.
rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/index.ts", "src/requests/index.ts", "src/testing/index.ts"],
  outdir: "dist",
  outbase: "src",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  packages: "external",
  // Errors and inspections show the names of classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
