import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isNodeStream } from "./streamed-body.ts";

/** The most bytes of a refused answer's body that are kept: the bodies of error answers are short. */
const LONGEST_BODY = 64 * 1024;
/** How long a refused answer's body may take to arrive, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** An answer without its connection: other requests to the same host can use that. */
export interface HeldAnswer<Answer> {
  /** Gives the answer, with as much of its body as was kept. */
  restore(): Promise<Answer>;
  /** Discards the answer. */
  discard(): void;
}

/**
 * Holds an answer whose body may be a stream.
 *
 * @param provider - The provider's name, for errors.
 * @param clock - Measures how long the body takes.
 * @param body - The answer's body.
 * @param withBody - Gives the answer with a body in the place of the one that was read, and of the same kind.
 */
export function holdAnswer<Answer>(
  provider: string,
  clock: Clock,
  answer: Answer,
  body: unknown,
  withBody: (body: ReadableStream<Uint8Array>) => Answer,
): HeldAnswer<Answer> {
  const isStream = body instanceof ReadableStream ? !body.locked : isNodeStream(body);
  if (!isStream) return { restore: () => Promise.resolve(answer), discard: () => undefined };
  const held = new HeldBody(provider, clock, body);
  return { restore: async () => withBody(await held.read()), discard: () => held.discard() };
}

/**
 * Reads the start of a refused answer's body into memory and lets go of its connection, because the refresh may need it:
 * an agent may allow few connections to a host. It lets go once it has read the whole body, 64 KiB or for a second.
 */
class HeldBody {
  readonly #source: Source;
  readonly #chunks: Uint8Array[] = [];
  readonly #filled: Promise<void>;
  readonly #cancelTimer: () => void;
  readonly #provider: string;
  #isCut = false;

  constructor(provider: string, clock: Clock, body: unknown) {
    this.#provider = provider;
    this.#source = body instanceof ReadableStream ? webSource(body) : nodeSource(body as Readable);
    this.#cancelTimer = clock.after(LONGEST_WAIT, () => this.discard());
    this.#filled = this.#fill();
  }

  /** Lets go of the connection now. */
  discard(): void {
    this.#isCut = true;
    this.#cancelTimer();
    this.#source.close();
  }

  /** A web stream of what was read. It ends with an error if that is not the whole body. */
  async read(): Promise<ReadableStream<Uint8Array>> {
    await this.#filled;
    const chunks = this.#chunks.values();
    return new ReadableStream({
      pull: (controller) => {
        const { value, done } = chunks.next();
        if (!done) return controller.enqueue(value);
        if (this.#isCut) throw this.#cutOff();
        controller.close();
      },
    });
  }

  async #fill(): Promise<void> {
    let length = 0;
    try {
      for (;;) {
        const chunk = await this.#source.next();
        if (!chunk) break;
        this.#chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST_BODY) return this.discard();
      }
    } catch {
      // The connection broke, or was closed above.
      this.#isCut = true;
    }
    this.#cancelTimer();
  }

  #cutOff(): OAuthError {
    return new OAuthError(
      "RESPONSE_TOO_LARGE",
      "The session kept only the start of this refused answer's body (64 KiB, or what arrives in a second), because it let go of the connection to refresh the token. Read the status and the headers instead.",
      { provider: this.#provider },
    );
  }
}

/** The chunks of a body, and a way to close its connection. */
interface Source {
  next(): Promise<Uint8Array | undefined>;
  close(): void;
}

function webSource(body: ReadableStream<Uint8Array>): Source {
  const reader = body.getReader();
  return {
    next: async () => (await reader.read()).value,
    close: () => void reader.cancel().catch(() => undefined),
  };
}

function nodeSource(body: Readable): Source {
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | undefined>;
  return { next: async () => (await iterator.next()).value, close: () => body.destroy() };
}
