import { AsyncLocalStorage } from "node:async_hooks";

/** One HTTP exchange of a flow, its secrets masked. */
export interface Exchange {
  /** Who speaks to whom. */
  readonly between: "browser → provider" | "browser → demo" | "demo → provider";
  readonly method: string;
  readonly url: string;
  /** Undefined for what the browser does by itself. */
  readonly status?: number | undefined;
  /** Why there was no answer. */
  readonly failure?: string | undefined;
  readonly milliseconds?: number | undefined;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly requestBody?: string | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string | undefined;
}

const MOST_EXCHANGES = 50;

/** The exchanges of one visitor, in order; the oldest are dropped. */
export class ExchangeLog {
  readonly #exchanges: Exchange[] = [];

  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  add(exchange: Exchange): void {
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > MOST_EXCHANGES) this.#exchanges.shift();
  }

  clear(): void {
    this.#exchanges.length = 0;
  }
}

/** One client serves all visitors; this tells whose exchange it is. */
export const currentLog: AsyncLocalStorage<ExchangeLog> = new AsyncLocalStorage<ExchangeLog>();
