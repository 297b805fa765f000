import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ErrorPage } from "../error-page.ts";
import { savedRunsPage } from "../pages/saved-runs/saved-runs-page.ts";
import type { Visitors } from "../visitors.ts";
import { wrongFile } from "./file-values.ts";
import { readExport } from "./read-export.ts";
import { SAVED_RUNS_PATH } from "./saved-run.ts";

const LARGEST_MEGABYTES = 4;

/** Serves exports that the person opens: they are read, kept in memory, and shown. */
export function serveSavedRuns(app: Hono, visitors: Visitors): void {
  app.get(SAVED_RUNS_PATH, (c) => {
    const runs = visitors.find(c)?.savedRuns ?? [];
    const wanted = Number(c.req.query("run"));
    const run = runs.find(({ id }) => id === wanted) ?? runs[0];
    return c.html(savedRunsPage(runs, run, Number(c.req.query("exchange"))));
  });

  app.post(
    SAVED_RUNS_PATH,
    bodyLimit({
      maxSize: LARGEST_MEGABYTES * 1024 * 1024,
      onError: () => {
        throw new ErrorPage(413, {
          title: "This file is too large",
          text: `An export may have ${LARGEST_MEGABYTES} MB. Export fewer runs: forget some first.`,
          code: "TOO_LARGE",
        });
      },
    }),
    async (c) => {
      const { file } = await c.req.parseBody().catch((): Record<string, undefined> => ({}));
      if (!(file instanceof File) || file.size === 0) throw wrongFile("No file was chosen.");
      const runs = readExport(await file.text());
      visitors.findOrCreate(c).savedRuns = runs;
      return c.redirect(`${SAVED_RUNS_PATH}#result`, 303);
    },
  );
}
