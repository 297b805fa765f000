/**
 * Lets a step with a fault have its emulator alone. A switch applies to every request, so that the step of another tab or of
 * another visitor would fail too.
 */
export class EmulatorTurns {
  /** The last step with a fault. */
  #lastAlone: Promise<unknown> = Promise.resolve();
  /** Steps without a fault that have not ended. */
  readonly #together = new Set<Promise<unknown>>();

  /** Takes a step when it may: alone, or together with others. */
  async take<Result>(alone: boolean, step: () => Promise<Result>): Promise<Result> {
    const lastAlone = this.#lastAlone;
    const others = alone ? [...this.#together] : [];
    const taken = (async () => {
      await lastAlone;
      await Promise.allSettled(others);
      return step();
    })();
    const ended = taken.then(nothing, nothing);
    if (alone) {
      this.#lastAlone = ended;
    } else {
      this.#together.add(ended);
      void ended.then(() => this.#together.delete(ended));
    }
    return taken;
  }
}

function nothing(): void {}
