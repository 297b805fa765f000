import { OAuthError } from "@grantkit/core";
import { ask } from "./redis-errors.ts";
import type { RedisServer, Script } from "./redis-server.ts";

/** How many replicas must have a write. */
export interface ReplicaWait {
  /** How many replicas, 1 or more. */
  readonly count: number;
  /** The longest time to wait for them, in milliseconds. */
  readonly timeoutMs: number;
}

/** Redis with a time limit for each answer, and with errors that say what to do. */
export class Connection {
  readonly server: RedisServer;
  readonly #timeoutMs: number;
  readonly #replicas: ReplicaWait | undefined;

  constructor(server: RedisServer, timeoutMs: number, replicas: ReplicaWait | undefined) {
    this.server = server;
    this.#timeoutMs = timeoutMs;
    this.#replicas = replicas;
  }

  /** Does some work within the time limit. */
  ask<T>(work: (server: RedisServer) => Promise<T>): Promise<T> {
    return ask(this.#timeoutMs, () => work(this.server));
  }

  /** Reads a text. */
  get(key: string): Promise<unknown> {
    return this.ask((server) => server.get(key));
  }

  /** Runs a script. */
  run(
    text: string,
    keys: readonly string[],
    parameters: readonly (string | number)[] = [],
  ): Promise<unknown> {
    return this.ask((server) => server.run(scriptOf(text, keys, parameters)));
  }

  /**
   * Runs a script that writes, and waits for the replicas if the app wants that.
   *
   * @throws OAuthError with code `STORE_FAILED`, `retryable`, when too few replicas have the write. It stands all the same.
   */
  async write(
    text: string,
    keys: readonly string[],
    parameters: readonly (string | number)[] = [],
  ): Promise<unknown> {
    const { runAndSend } = this.server;
    if (!this.#replicas || !runAndSend) return this.run(text, keys, parameters);
    const { count, timeoutMs } = this.#replicas;
    const script = scriptOf(text, keys, parameters);
    const wait = ["WAIT", String(count), String(Math.ceil(timeoutMs))];
    const [answer, reached] = await ask(this.#timeoutMs + timeoutMs, () =>
      runAndSend(script, wait),
    );
    if (Number(reached) >= count) return answer;
    const message = `Redis has written, but only ${Number(reached)} of ${count} replicas had it within ${timeoutMs} ms (waitForReplicas). Look at the replicas, then try again.`;
    throw new OAuthError("STORE_FAILED", message, { retryable: true });
  }
}

function scriptOf(
  text: string,
  keys: readonly string[],
  parameters: readonly (string | number)[],
): Script {
  return { text, keys, parameters: parameters.map(String) };
}
