// One process of an app whose callers race for a new token. Started by shared-race.ts, which says when to begin and when
// to set out, and is told how many callers were served.
import { setTimeout as after } from "node:timers/promises";
import type { SharedApp, SignIn } from "./shared-way.ts";
import { OURS, PEERS } from "./shared-ways.ts";

/** What a process is told. */
export type Order =
  | {
      readonly begin: {
        readonly way: string;
        readonly signIn: SignIn;
        readonly found: string;
        readonly callers: number;
        /** Milliseconds over which the callers come. */
        readonly spread: number;
      };
    }
  | { readonly setOut: true };

/** What a process answers. */
export type Answer =
  { readonly ready: true } | { readonly served: number; readonly errors: string[] };

let app: SharedApp;
let callers = 0;
let spread = 0;

process.on("message", (order: Order) => void answer(order));
process.on("disconnect", () => process.exit());

async function answer(order: Order): Promise<void> {
  if ("begin" in order) {
    ({ callers, spread } = order.begin);
    const { way, signIn, found } = order.begin;
    const opened = await { ...OURS, ...PEERS }[way]?.open(signIn, found);
    if (!opened) throw new Error(`There is no way ${way}`);
    app = opened;
    tell({ ready: true });
    return;
  }
  const errors: string[] = [];
  const answers = await Promise.all(
    Array.from({ length: callers }, async (_, index) => {
      await after((index * spread) / callers);
      return app.call().catch((error: unknown) => {
        errors.push(String(error));
        return false;
      });
    }),
  );
  await app.close();
  tell({ served: answers.filter(Boolean).length, errors });
}

function tell(message: Answer): void {
  process.send?.(message);
}
