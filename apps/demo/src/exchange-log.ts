import { AsyncLocalStorage } from "node:async_hooks";

/** Whom an exchange is about. */
interface Party {
  readonly name: string;
  readonly title: string;
}

/** One HTTP exchange of a flow, its secrets masked. */
export interface Exchange {
  readonly provider: Party;
  /** What begins with it, for example "Sign-in with GitHub". */
  readonly begins?: string | undefined;
  /** Who speaks to whom. */
  readonly between: "browser → provider" | "browser → demo" | "demo → provider";
  readonly method: string;
  readonly url: string;
  /** Undefined for what the browser does by itself. */
  readonly status?: number | undefined;
  /** What a callback brought. */
  readonly outcome?: string | undefined;
  /** Why there was no answer, or what a callback brought instead of a code. */
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

  /** The exchanges with one provider. */
  of(provider: string): readonly Exchange[] {
    return this.#exchanges.filter((exchange) => exchange.provider.name === provider);
  }

  /** Forgets the exchanges with one provider, or all. */
  clear(provider?: string): void {
    const kept = this.#exchanges.filter(
      (exchange) => provider !== undefined && exchange.provider.name !== provider,
    );
    this.#exchanges.splice(0, Infinity, ...kept);
  }
}

/** Where the exchanges of a flow are written down. */
export interface Flow {
  readonly log: ExchangeLog;
  readonly provider: Party;
  /** What begins with the next exchange, if anything does. */
  begins?: string | undefined;
}

/** One client serves all visitors; this tells whose exchange it is. */
export const currentFlow: AsyncLocalStorage<Flow> = new AsyncLocalStorage<Flow>();
