import { OAuthError } from "@grantkit/core";
import type { Context, Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { callbackOutcome } from "../exchanges/callback-exchange.ts";
import { type Exchange, unlogged } from "../exchanges/exchange-log.ts";
import { fragmentPage } from "../pages/fragment.ts";
import type { Fault } from "../targets/fault.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { callbackKey } from "./callback-key.ts";
import { PostedCallbacks } from "./posted-callbacks.ts";
import { finish } from "./run-steps.ts";
import { keep, targetOf, toResult, type Workbench } from "./workbench.ts";

type Callback = URL | URLSearchParams;

/** Serves the callbacks: by GET, by POST (form_post), and with parameters in the fragment. */
export function serveCallbacks(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;
  const posted = new PostedCallbacks();

  app.get("/callback/:provider", (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const url = new URL(c.req.url);
    const form = posted.take(url.searchParams.get("posted"));
    if (form) return take(c, workbench, target, form);
    if (url.search === "" && visitors.find(c)?.runs.waitsForFragment(target)) {
      return c.html(fragmentPage(target));
    }
    return take(c, workbench, target, url);
  });

  // The provider's page posts the form, so the browser sends no cookie: the redirect fetches it, and keeps the code out of URLs.
  app.post("/callback/:provider", async (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const id = posted.add(new URLSearchParams(await c.req.text()));
    return c.redirect(`/callback/${target.id}?posted=${id}`, 303);
  });

  app.post("/callback/:provider/fragment", async (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const form = new URLSearchParams(await c.req.text());
    const text = form.get("url")?.trim() ?? "";
    if (!URL.canParse(text)) {
      throw new ErrorPage(400, {
        title: "That is not an address",
        text: "Go back, and copy the whole address of the page.",
        code: "FIELD_INVALID",
      });
    }
    return take(c, workbench, target, new URL(text));
  });
}

/** Takes a callback, and goes on with the run that waits for it. */
async function take(
  c: Context,
  workbench: Workbench,
  target: AnyTarget,
  received: Callback,
): Promise<Response> {
  const { visitors } = workbench;
  const key = callbackKey(parametersOf(received));
  const visitor = visitors.find(c);
  const waiting = visitor?.runs.takeWaiting(key);
  const callback = withFault(waiting?.run.fault, received);
  const exchange = exchangeOf(target, callback, workbench);
  if (!visitor || !waiting) {
    unlogged.set(c, exchange);
    throw refusal(visitor, target, key);
  }
  const { run, departure } = waiting;
  run.add(exchange);
  // Before anything is awaited: an ID that was planted before the sign-in is worthless after it.
  visitors.setNewId(c, visitor);
  try {
    if (run.target !== target) throw wrongProvider(run.target.title);
    keep(run, visitor, await finish(run, departure, callback));
  } catch (error) {
    run.fail(error);
  }
  return toResult(c, run);
}

/** The parameters of the query, the form or, where the query has none, the fragment. */
function parametersOf(callback: Callback): URLSearchParams {
  if (!(callback instanceof URL)) return callback;
  return callback.search === ""
    ? new URLSearchParams(callback.hash.slice(1))
    : callback.searchParams;
}

function withFault(fault: Fault | undefined, callback: Callback): Callback {
  if (!fault?.callback) return callback;
  const url = callback instanceof URL ? callback : new URL(`http://localhost/?${callback}`);
  fault.callback(url);
  return callback instanceof URL ? url : url.searchParams;
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
  callback: Callback,
  { publicUrl }: Workbench,
): Exchange {
  const isUrl = callback instanceof URL;
  const success = protocol === "oauth1" ? "oauth_verifier" : "code";
  const parameters = parametersOf(callback);
  return {
    provider: { name: id, title },
    between: "browser → demo",
    method: isUrl ? "GET" : "POST",
    url: `${publicUrl}/callback/${id}${isUrl ? `${callback.search}${callback.hash}` : ""}`,
    ...(!isUrl && { requestBody: callback.toString() }),
    ...callbackOutcome(
      parameters,
      isUrl && callback.search === "" && callback.hash !== "" ? "access_token" : success,
    ),
  };
}
