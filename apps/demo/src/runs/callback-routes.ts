import { OAuthError } from "@grantkit/core";
import type { Context, Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { maskBody, maskUrl } from "../exchanges/masking.ts";
import { fragmentPage } from "../pages/fragment.ts";
import { attempt } from "./attempt.ts";
import { PostedCallbacks } from "./posted-callbacks.ts";
import { targetOf, toResult, type Workbench } from "./run-routes.ts";

/** Serves the callbacks: by GET, by POST (form_post), and with parameters in the fragment. */
export function serveCallbacks(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;
  const posted = new PostedCallbacks();

  app.get("/callback/:provider", (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const url = new URL(c.req.url);
    const form = posted.take(url.searchParams.get("posted"));
    if (form) return finish(c, workbench, form, "POST");
    if (url.search === "" && visitors.find(c)?.runs.waitsForFragment(target)) {
      return c.html(fragmentPage(target));
    }
    return finish(c, workbench, url, "GET");
  });

  // The provider's page posts the form, so the browser sends no cookie: the redirect fetches it, and keeps the code out of URLs.
  app.post("/callback/:provider", async (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const id = posted.add(new URLSearchParams(await c.req.text()));
    return c.redirect(`/callback/${target.id}?posted=${id}`, 303);
  });

  app.post("/callback/:provider/fragment", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const text = form.get("url")?.trim() ?? "";
    if (!URL.canParse(text)) {
      throw new ErrorPage(400, {
        title: "That is not an address",
        text: "Go back, and copy the whole address of the page.",
        code: "FIELD_INVALID",
      });
    }
    return finish(c, workbench, new URL(text), "GET");
  });
}

async function finish(
  c: Context,
  { visitors, publicUrl }: Workbench,
  callback: URL | URLSearchParams,
  method: "GET" | "POST",
): Promise<Response> {
  const visitor = visitors.find(c);
  const isUrl = callback instanceof URL;
  const fragment = new URLSearchParams(isUrl ? callback.hash.slice(1) : "");
  const query = isUrl ? callback.searchParams : callback;
  const waiting = visitor?.runs.takeWaiting(query.get("state") ?? fragment.get("state") ?? "");
  if (!visitor || !waiting) {
    throw new OAuthError("STATE_MISMATCH", "This browser has no such sign-in.");
  }
  const { run, departure } = waiting;
  const path = `${publicUrl}/callback/${run.target.id}`;
  run.add({
    provider: { name: run.target.id, title: run.target.title },
    between: "browser → demo",
    method,
    url: maskUrl(isUrl ? `${path}${callback.search}${callback.hash}` : path),
    ...(!isUrl && { requestBody: maskBody(callback.toString()) }),
  });
  // Before anything is awaited: an ID that was planted before the sign-in is worthless after it.
  visitors.setNewId(c, visitor);
  await attempt(run, visitor, () => departure.finish(callback));
  return toResult(c, run);
}
