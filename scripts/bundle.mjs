// Bundles a published package: run in its folder by its build, before tsc writes the types beside it. To load a file
// costs Node some tenths of a millisecond, and the subjects of core are sixty files: what an entry imports at once
// becomes one of them. What is behind an import() stays behind it.
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { build } from "rolldown";

const TESTS = resolve("src/testing");

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports).flatMap(({ default: built, "@grantkit/source": source }) =>
  source ? [[/^\.\/dist\/(.*)\.js$/.exec(built)[1], source]] : [],
);

await build({
  input: Object.fromEntries(entries),
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  platform: "neutral",
  // A module that is behind an import() in one place and at once in another, for example.
  onwarn: ({ message }) => {
    throw new Error(message);
  },
  output: {
    dir: "dist",
    cleanDir: true,
    sourcemap: true,
    // The sources are published beside it.
    sourcemapExcludeSources: true,
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      // One file for all entries, so that there is one copy of each class. What only tests need is not in it.
      groups: [{ name: "front", tags: ["$initial"], test: (id) => !id.startsWith(TESTS) }],
    },
  },
});
