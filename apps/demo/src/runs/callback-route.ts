import { OAuthError } from "@grantkit/core";
import type { Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { callbackOutcome } from "../exchanges/callback-exchange.ts";
import { type Exchange, unlogged } from "../exchanges/exchange-log.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { callbackKey } from "./callback-key.ts";
import { finish } from "./run-steps.ts";
import { keep, targetOf, toResult, type Workbench } from "./workbench.ts";

/** Serves the callback of each provider. */
export function serveCallback(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;

  app.get("/callback/:provider", async (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const callback = new URL(c.req.url);
    const key = callbackKey(callback.searchParams);
    const visitor = visitors.find(c);
    const waiting = visitor?.runs.takeWaiting(key);
    waiting?.run.fault?.callback?.(callback);
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
  });
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
  { pathname, search, searchParams }: URL,
  { publicUrl }: Workbench,
): Exchange {
  return {
    provider: { name: id, title },
    between: "browser → demo",
    method: "GET",
    url: `${publicUrl}${pathname}${search}`,
    ...callbackOutcome(searchParams, protocol === "oauth1" ? "oauth_verifier" : "code"),
  };
}
