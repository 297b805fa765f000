import { OAuthError } from "@grantkit/core";
import type { Context, Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { callbackOutcome } from "../exchanges/callback-exchange.ts";
import { type Exchange, unlogged } from "../exchanges/exchange-log.ts";
import { fragmentPage } from "../pages/fragment.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { callbackKey } from "./callback-key.ts";
import { PostedCallbacks } from "./posted-callbacks.ts";
import type { Run } from "./run.ts";
import { finish, reissue } from "./run-steps.ts";
import { keep, targetOf, toResult, type Workbench } from "./workbench.ts";

/** Serves the callbacks: by GET, by POST (form_post), and with parameters in the fragment. */
export function serveCallbacks(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;
  const posted = new PostedCallbacks();

  app.get("/callback/:provider", (c) => {
    const target = targetOf(workbench, visitors.find(c), c.req.param("provider"), true);
    const url = new URL(c.req.url);
    const form = posted.take(url.searchParams.get("posted"));
    if (form) return finishRun(c, workbench, target, form);
    if (url.search === "" && visitors.find(c)?.runs.waitsForFragment(target)) {
      return c.html(fragmentPage(target));
    }
    return finishRun(c, workbench, target, url);
  });

  // The provider's page posts the form, so the browser sends no cookie: the redirect fetches it, and keeps the code out of URLs.
  app.post("/callback/:provider", async (c) => {
    const id = posted.add(new URLSearchParams(await c.req.text()));
    return c.redirect(`/callback/${encodeURIComponent(c.req.param("provider"))}?posted=${id}`, 303);
  });

  app.post("/callback/:provider/fragment", async (c) => {
    const target = targetOf(workbench, visitors.find(c), c.req.param("provider"), true);
    const form = new URLSearchParams(await c.req.text());
    const text = form.get("url")?.trim() ?? "";
    if (!URL.canParse(text)) {
      throw new ErrorPage(400, {
        title: "That is not an address",
        text: "Go back, and copy the whole address of the page.",
        code: "FIELD_INVALID",
      });
    }
    return finishRun(c, workbench, target, new URL(text));
  });
}

/** Goes on with the run that a callback belongs to. */
async function finishRun(
  c: Context,
  workbench: Workbench,
  target: AnyTarget,
  callback: URL | URLSearchParams,
): Promise<Response> {
  const { visitors } = workbench;
  const visitor = visitors.find(c);
  const key = callbackKey(parametersOf(callback));
  const waiting = visitor?.runs.takeWaiting(key);
  if (!visitor || !waiting) {
    const exchange = exchangeOf(target, callback, workbench);
    unlogged.set(c, exchange);
    const refused = refusal(visitor, target, key);
    tellFirstBrowser(workbench, key, exchange, refused);
    throw refused;
  }
  const { run, departure } = waiting;
  // Before anything is awaited: an ID that was planted before the sign-in is worthless after it.
  visitors.setNewId(c, visitor);
  try {
    const changed = await withFault(run, callback);
    run.add(exchangeOf(target, changed, workbench));
    if (run.target !== target) throw wrongProvider(run.target.title);
    keep(run, visitor, await finish(run, departure, changed));
  } catch (error) {
    run.fail(error);
  }
  return toResult(c, run);
}

function parametersOf(callback: URL | URLSearchParams): URLSearchParams {
  if (!(callback instanceof URL)) return callback;
  const inFragment = callback.search === "" && callback.hash !== "";
  return inFragment ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams;
}

async function withFault(
  run: Run,
  callback: URL | URLSearchParams,
): Promise<URL | URLSearchParams> {
  const { fault } = run;
  if (callback instanceof URL) await reissue(run, callback);
  if (!fault?.callback) return callback;
  if (callback instanceof URL) {
    fault.callback(callback);
    return callback;
  }
  const url = new URL(`https://form.invalid/?${callback.toString()}`);
  fault.callback(url);
  return url.searchParams;
}

/** Ends the run of a person who took the sign-in to another browser, as the fault wants it. */
function tellFirstBrowser(
  { visitors }: Workbench,
  key: string,
  exchange: Exchange,
  refused: Error,
): void {
  const visitor = visitors.whoWaitsFor(key);
  const run = visitor?.runs.waitingFor(key);
  if (!run?.fault?.elsewhere) return;
  visitor?.runs.takeWaiting(key);
  run.add(exchange);
  run.fail(refused);
}

/** Why a callback belongs to no run that waits. */
function refusal(visitor: Visitor | undefined, { protocol }: AnyTarget, key: string): Error {
  return visitor?.runs.wasUsed(key)
    ? REPLAYED
    : new OAuthError(
        protocol === "oauth1" ? "TOKEN_MISMATCH" : "STATE_MISMATCH",
        "This browser has no such sign-in.",
      );
}

const REPLAYED = new ErrorPage(400, {
  title: "This callback was already used",
  text: "Each callback can be used once. Perhaps you came back through the browser's history. The workbench shows what came of it.",
  code: "CALLBACK_REPLAYED",
});

function wrongProvider(title: string): OAuthError {
  return new OAuthError(
    "PROVIDER_MISMATCH",
    `The callback belongs to a sign-in with ${title}, and came to the callback URL of another provider: a mix-up. Start the sign-in again.`,
  );
}

function exchangeOf(
  { id, title, protocol }: AnyTarget,
  callback: URL | URLSearchParams,
  { publicUrl }: Workbench,
): Exchange {
  const path = `${publicUrl}/callback/${id}`;
  const parameters = parametersOf(callback);
  const success = protocol === "oauth1" ? "oauth_verifier" : "code";
  const isToken = parameters.has("access_token") || parameters.has("id_token");
  return {
    provider: { name: id, title },
    between: "browser → demo",
    ...(callback instanceof URL
      ? { method: "GET", url: `${path}${callback.search}${callback.hash}` }
      : { method: "POST", url: path, requestBody: callback.toString() }),
    ...(isToken ? { outcome: "token" } : callbackOutcome(parameters, success)),
  };
}
