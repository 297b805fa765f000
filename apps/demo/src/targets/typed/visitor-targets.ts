import type { AnyTarget, TypedTarget } from "../target.ts";

const MAX_TARGETS = 20;

/** What a visitor typed in, in memory: client secrets too. */
export class VisitorTargets {
  readonly #targets = new Map<string, AnyTarget>();
  /** Waits until the person confirms its other servers. */
  #unconfirmed: TypedTarget | undefined;

  /** Newest last. */
  get all(): readonly AnyTarget[] {
    return [...this.#targets.values()];
  }

  /** The shared targets with the visitor's own, which come in the place of shared ones with the same ID. */
  among(shared: readonly AnyTarget[]): readonly AnyTarget[] {
    const ids = new Set(shared.map(({ id }) => id));
    return [
      ...shared.map((target) => this.#targets.get(target.id) ?? target),
      ...this.all.filter(({ id }) => !ids.has(id)),
    ];
  }

  /** Keeps a target, unless its other servers have to be confirmed; says whether it did. */
  add(typed: TypedTarget): boolean {
    if (typed.elsewhere.length > 0) {
      this.#unconfirmed = typed;
      return false;
    }
    const { target } = typed;
    this.#targets.delete(target.id);
    this.#targets.set(target.id, target);
    const [oldest] = this.#targets.keys();
    if (this.#targets.size > MAX_TARGETS && oldest !== undefined) this.#targets.delete(oldest);
    return true;
  }

  /** What waits for a confirmation. */
  unconfirmed(id: string): TypedTarget | undefined {
    return this.#unconfirmed?.target.id === id ? this.#unconfirmed : undefined;
  }

  /** Confirms the other servers of the target that waits, if it still does. */
  confirm(id: string): TypedTarget | undefined {
    const typed = this.unconfirmed(id);
    if (!typed) return undefined;
    this.#unconfirmed = undefined;
    this.add({ ...typed, elsewhere: [] });
    return typed;
  }

  remove(id: string): void {
    this.#targets.delete(id);
  }
}
