import { setTimeout as wait } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "./request-log.ts";

/** A failure as a provider words it. */
export interface NamedFailure {
  /** Whether a request to this path can fail so. */
  readonly appliesTo: (path: string) => boolean;
  /** Makes the answer. */
  readonly respond: (c: EmulatorContext) => Response;
}

/** Failures waiting for their request. */
export interface FailureQueue<Name extends string> {
  /** Adds a failure for the next `times` requests that it applies to. */
  add(failure: Name | CustomFailure, times: number): void;
  /** Answers with the first waiting failure that applies. */
  readonly middleware: MiddlewareHandler<EmulatorEnv>;
}

interface WaitingFailure extends NamedFailure {
  readonly kind: "respond" | "disconnect" | "hang" | "slow";
  /** Milliseconds that a slow answer takes. */
  readonly delay: number;
}

const PAGES = /^\/emulator\//;

/** A queue that knows a provider's failures by name. */
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
      waiting.push(...Array.from({ length: times }, () => next));
    },
    middleware: async (c, next) => {
      const index = waiting.findIndex((failure) => failure.appliesTo(c.get("received").path));
      if (index === -1) return next();
      const [failure] = waiting.splice(index, 1) as [WaitingFailure];
      if (failure.kind === "respond") return failure.respond(c);
      if (failure.kind === "slow") {
        // Unreferenced, so that a process that is done ends all the same.
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
      `There is no failure named "${name}". There are: ${Object.keys(named).join(", ")}.`,
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

/** A failure of your own making, for the next request that it applies to. */
export interface CustomFailure {
  /**
   * Only requests whose path ends so, for instance `/token`.
   *
   * @defaultValue any request, except for pictures and the consent form
   */
  readonly path?: string;
  /**
   * `"respond"` answers with `status`, `headers` and `body`; `"disconnect"` closes the connection without an answer;
   * `"hang"` never answers; `"slow"` answers as ever, but `delay` milliseconds later.
   *
   * @defaultValue `"respond"`
   */
  readonly kind?: "respond" | "disconnect" | "hang" | "slow";
  /**
   * HTTP status of the answer.
   *
   * @defaultValue 500
   */
  readonly status?: number;
  /**
   * Headers of the answer.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Body of the answer: a string as it is, anything else as JSON.
   *
   * @defaultValue an empty body
   */
  readonly body?: unknown;
  /**
   * Milliseconds that a `"slow"` answer takes.
   *
   * @defaultValue 1000
   */
  readonly delay?: number;
}
