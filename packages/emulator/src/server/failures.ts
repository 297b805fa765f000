import type { CustomFailure } from "./custom-failure.ts";
import { setTimeout as wait } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "./request-log.ts";

/** A failure that a provider is known for. */
export interface NamedFailure {
  /** Whether a request to this path can fail like this. */
  readonly appliesTo: (path: string) => boolean;
  /** Makes the response. */
  readonly respond: (c: EmulatorContext) => Response;
}

/** The failures that are waiting for a matching request. */
export interface FailureQueue<Name extends string> {
  /** Adds a failure for the next `times` matching requests; the returned function takes back those that did not happen. */
  add(failure: Name | CustomFailure, times: number): () => void;
  /** Responds with the first waiting failure that matches. */
  readonly middleware: MiddlewareHandler<EmulatorEnv>;
}

interface WaitingFailure extends NamedFailure {
  readonly kind: "respond" | "disconnect" | "hang" | "slow";
  /** Delay of a slow response in milliseconds. */
  readonly delay: number;
}

const PAGES = /^\/emulator\//;

/** Creates an empty queue, with the provider's failures by name. */
export function failureQueue<Name extends string>(
  named: Readonly<Record<Name, NamedFailure>>,
  closing: Promise<void>,
): FailureQueue<Name> {
  const waiting: WaitingFailure[] = [];
  return {
    add(failure, times) {
      if (!Number.isInteger(times) || times < 1) {
        throw new TypeError(`"times" must be a whole number of at least 1, not ${times}.`);
      }
      const next = typeof failure === "string" ? byName(named, failure) : custom(failure);
      const added = Array.from({ length: times }, () => ({ ...next }));
      waiting.push(...added);
      return () => {
        const rest = waiting.filter((each) => !added.includes(each));
        waiting.splice(0, waiting.length, ...rest);
      };
    },
    middleware: async (c, next) => {
      const index = waiting.findIndex((failure) => failure.appliesTo(c.get("received").path));
      if (index === -1) return next();
      const [failure] = waiting.splice(index, 1) as [WaitingFailure];
      if (failure.kind === "respond") return failure.respond(c);
      if (failure.kind === "slow") {
        // Unreferenced, so that the timer does not keep the process running.
        await wait(failure.delay, undefined, { ref: false });
        return next();
      }
      if (failure.kind === "hang") await closing;
      c.env.incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    },
  };
}

function byName<Name extends string>(
  named: Readonly<Record<Name, NamedFailure>>,
  name: Name,
): WaitingFailure {
  if (!Object.hasOwn(named, name)) {
    throw new TypeError(
      `There is no failure named "${name}". The failures are: ${Object.keys(named).join(", ")}.`,
    );
  }
  return { ...named[name], kind: "respond", delay: 0 };
}

function custom(failure: CustomFailure): WaitingFailure {
  const { path, kind = "respond", status = 500, headers = {}, body, delay = 1000 } = failure;
  const isText = typeof body === "string" || body === undefined;
  return {
    kind,
    delay,
    appliesTo: (requested) =>
      path === undefined ? !PAGES.test(requested) : requested.endsWith(path),
    respond: () =>
      new Response(isText ? (body ?? null) : JSON.stringify(body), {
        status,
        headers: { ...(isText ? {} : { "content-type": "application/json" }), ...headers },
      }),
  };
}
