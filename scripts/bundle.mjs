// Bundles a published package. The package's build runs this in its folder, before tsc writes the types. Node needs some
// tenths of a millisecond for each file that it loads, and core has more than a hundred: all static imports of the entries
// become one file. Modules behind an import() stay separate.
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { build } from "rolldown";

/** Entries of their own, which an app does not load with the others. */
const APART = ["src/testing", "src/node"].map((folder) => resolve(folder));

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports).flatMap(({ default: built, "@grantkit/source": source }) =>
  source ? [[/^\.\/dist\/(.*)\.js$/.exec(built)[1], source]] : [],
);

await build({
  input: Object.fromEntries(entries),
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  platform: "neutral",
  // For example about a module that is imported statically in one file and by import() in another.
  onwarn: ({ message }) => {
    throw new Error(message);
  },
  output: {
    dir: "dist",
    cleanDir: true,
    sourcemap: true,
    // The package contains the sources.
    sourcemapExcludeSources: true,
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      // One file for all entries, so that there is one copy of each class. The entries for tests and for Node are not in it.
      groups: [
        {
          name: "front",
          tags: ["$initial"],
          test: (id) => !APART.some((folder) => id.startsWith(folder)),
        },
      ],
    },
  },
});
