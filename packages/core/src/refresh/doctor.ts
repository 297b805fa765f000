import { type Clock, systemClock } from "../clock.ts";
import { randomToken } from "../crypto/random.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { must, mustBeClock, optionProblems, type OptionRules } from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import type { StoreFinding, StoreFindingCode } from "../tokens/store-inspection.ts";
import { mustBeTokenStore } from "../tokens/must-be-token-store.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import { LEASE } from "./held-lease.ts";

/** Options of {@link doctor}. */
export interface DoctorOptions {
  /** The `timeout` of your client, in milliseconds. @defaultValue `10_000`, as for the provider's OAuth endpoints */
  readonly timeout?: number;
  /** Time, for tests. @defaultValue the machine's */
  readonly clock?: Clock;
}

const RULES: OptionRules<DoctorOptions> = {
  timeout: must(
    "be a number of milliseconds above 0",
    (value) => typeof value === "number" && value > 0,
  ),
  clock: mustBeClock,
};

/** Clocks that differ by more milliseconds make locks end too early or too late, and records too. */
const MOST_APART = 1000;
/** A call that takes longer, in milliseconds, leaves too little of a lock's time. */
const SLOW = 500;
/** The longest time that the examination may take, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Examines a token store's set-up: whether it works, whether it evicts or forgets records, whether it reads what it wrote, how
 * far its clock is from this process's, and how long its locks last. It writes a record of its own and deletes it.
 *
 * It never throws for what is wrong with the store: it returns one sentence for each problem; none for a sound store.
 *
 * @param store - The store, as your app opens it.
 * @throws ConfigurationError for a store or options that cannot be used.
 * @example
 * ```ts
 * import { doctor, MemoryTokenStore } from "@grantkit/core";
 *
 * for (const { code, message } of await doctor(new MemoryTokenStore())) console.warn(code, message);
 * ```
 */
export async function doctor(
  store: TokenStore,
  options: DoctorOptions = {},
): Promise<readonly StoreFinding[]> {
  const problems = [...mustBeTokenStore(store, "store", {}), ...optionProblems(options, RULES)];
  throwProblems("doctor()", problems);
  const { timeout = 10_000, clock = systemClock } = ownOptions(options);
  const findings: StoreFinding[] = [];
  const examination = new Examination(store, clock, timeout, findings);
  await new Promise<void>((resolve) => {
    const cancel = clock.after(
      PATIENCE,
      () => {
        examination.report("CHECK_FAILED", `The store did not answer within ${PATIENCE} ms.`);
        resolve();
      },
      true,
    );
    void examination.run().finally(() => {
      cancel();
      resolve();
    });
  });
  return [...findings];
}

class Examination {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #findings: StoreFinding[];

  constructor(store: TokenStore, clock: Clock, timeout: number, findings: StoreFinding[]) {
    this.#store = store;
    this.#clock = clock;
    this.#timeout = timeout;
    this.#findings = findings;
  }

  async run(): Promise<void> {
    // First: the error of check() may be one of these findings, which have a code that says more.
    await this.#try("inspect()", () => this.#inspect());
    const isWorking = await this.#try("check()", () => this.#store.check());
    if (!isWorking) return;
    const key = `grantkit-doctor-${randomToken()}`;
    await this.#try("a write and a read", () => this.#readOwnWrite(key));
    await this.#try("a lock", () => this.#lock(key));
  }

  report(code: StoreFindingCode, message: string, losesTokens = true): void {
    this.#findings.push({ code, message, losesTokens });
  }

  async #try(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      // Another error's message may quote a connection string.
      const reason = OAuthError.isInstance(error)
        ? error.message
        : `The store failed at ${what}, with an error that may quote a secret. Repeat that call to see it.`;
      // check() may throw several findings in one message.
      const unknown = this.#findings
        .reduce((left, { message }) => left.replace(message, ""), reason)
        .trim();
      if (unknown !== "") this.report("CHECK_FAILED", reason);
      return false;
    }
  }

  async #inspect(): Promise<void> {
    const asked = this.#clock.now();
    const inspection = await this.#store.inspect?.();
    const answered = this.#clock.now();
    if (!inspection) return;
    this.#findings.push(...inspection.findings);
    const { now } = inspection;
    if (now === undefined) return;
    // The answer was made at some time between the two.
    const apart = Math.max(asked - now, now - answered, 0);
    if (apart <= MOST_APART) return;
    const message = `The clocks of the store and of this process are ${Math.round(apart / 1000)} s apart. Synchronize both with NTP.`;
    this.report("CLOCK_APART", message, false);
  }

  async #readOwnWrite(key: string): Promise<void> {
    const version = await this.#store.compareAndSet(key, undefined, { accessToken: key });
    const written = await this.#store.get(key);
    await this.#store.delete(key);
    const deleted = await this.#store.get(key);
    if (written?.version === version && !deleted) return;
    const message =
      "A read did not find what was just written. Read from the primary server: a replica that is behind brings back spent refresh tokens.";
    this.report("READ_FROM_REPLICA", message);
  }

  async #lock(key: string): Promise<void> {
    const asked = this.#clock.now();
    await this.#store.withLock(key, { waitMs: SLOW, holdMs: LEASE }, async (lease) => {
      const isExtended = await lease.extend?.();
      const duration = this.#clock.now() - asked;
      if (duration > SLOW) {
        const message = `Taking and extending a lock took ${duration} ms. Bring the store nearer, or give it more power: a lock lasts ${LEASE} ms.`;
        this.report("SLOW", message, false);
      }
      if (isExtended || this.#timeout < LEASE) return;
      const message = `The store cannot extend a lock, which lasts ${LEASE} ms, and a refresh may take ${this.#timeout} ms. Give its leases the method extend(), or set the client's timeout below ${LEASE} ms.`;
      this.report("LEASE_TOO_SHORT", message);
    });
  }
}
