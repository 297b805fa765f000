import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "hono";

/** An HTTP exchange as it was: only in memory, and masked when it is shown or exported. */
export interface Exchange {
  /** The name is the target's ID. */
  readonly provider: { readonly name: string; readonly title: string };
  readonly between: "browser → provider" | "browser → demo" | "demo → provider";
  readonly method: string;
  readonly url: string;
  /** Undefined for a request of the browser, and if there was no response. */
  readonly status?: number | undefined;
  /** What a callback contains, for example "code". */
  readonly outcome?: string | undefined;
  /** Why there was no response, or what a callback contains instead of a code. */
  readonly failure?: string | undefined;
  readonly milliseconds?: number | undefined;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly requestBody?: string | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string | undefined;
  /** Whether its secrets are masked already, as in a file. */
  readonly isMasked?: boolean;
  /** How many exchanges in a row were like this one, if only the first was kept. */
  times?: number;
}

/** Whose exchanges a request belongs to: the clients are shared by all visitors. */
interface Flow extends Pick<Exchange, "provider"> {
  readonly log: { readonly add: (exchange: Exchange) => void };
}

/** The flow that the current code is a part of; `run` starts one. */
export const currentFlow: AsyncLocalStorage<Flow> = new AsyncLocalStorage<Flow>();

/**
 * Callbacks that belong to no sign-in of their browser. Their error pages list them, and the log does not: any site can send a
 * browser here, and its requests would push the visitor's own out of the log.
 */
export const unlogged: WeakMap<Context, Exchange> = new WeakMap<Context, Exchange>();
