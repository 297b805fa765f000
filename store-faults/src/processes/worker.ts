import { openSync, closeSync, unlinkSync } from "node:fs";
import { isOAuthError, type OAuth2Client, type TokenStore } from "@grantkit/core";
import { clientOf } from "./client.ts";
import { StoppingStore } from "./stopping-store.ts";
import type { ClientDescription, Message, Order, Outcome, Stop, Task } from "./task.ts";

/** A process of an app: opens the store, and does what it is told. */
const [module = "", parameter = ""] = process.argv.slice(2);
const say = (message: Message): void => void process.send?.(message);

const stops = new Map<string, Stop>();
const goes = new Map<string, () => void>();
const { makeStore } = (await import(module)) as {
  makeStore: (parameter: string) => TokenStore | Promise<TokenStore>;
};
const opened = await makeStore(parameter);
const store = new StoppingStore(opened, async (at, key) => {
  if (stops.get(key) !== at) return;
  stops.delete(key);
  const go = new Promise<void>((resolve) => goes.set(key, resolve));
  say({ stopped: key });
  await go;
});

const clients = new Map<string, OAuth2Client>();
function client(description: ClientDescription): OAuth2Client {
  const name = JSON.stringify(description);
  const made = clients.get(name) ?? clientOf(description);
  clients.set(name, made);
  return made;
}

const pass = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const { now } = Date;
function setClock(jump: number): void {
  Date.now = () => now() + jump;
}

const tasks: {
  readonly [Name in Task["name"]]: (task: Task & { name: Name }) => Promise<unknown>;
} = {
  async call({ client: description, key, stop }) {
    if (stop) stops.set(key, stop);
    const start = performance.now();
    const outcome = await outcomeOf(async () => {
      const session = await client(description).storedSession({ store, key });
      const { status } = await session.get<unknown>(description.path);
      return { status, accessToken: session.token.accessToken };
    });
    return { ...outcome, took: performance.now() - start };
  },

  async request({ client: description, key, times, pause }) {
    // Without a leeway a token is refreshed when it has expired, and all processes find that at the same time.
    const session = await client(description).storedSession({ store, key, leeway: 0 });
    let answered = 0;
    for (let count = 0; count < times; count += 1) {
      const { status } = await session.get<unknown>(description.path);
      if (status === 200) answered += 1;
      say({ answered: key });
      await pass(pause);
    }
    return answered;
  },

  async signOut({ client: description, key, how }) {
    if (how === "delete") return store.delete(key);
    const session = await client(description).storedSession({ store, key });
    return session.revoke();
  },

  async enter({ key, times, room, jumps }) {
    let met = 0;
    for (let count = 0; count < times; count += 1) {
      setClock(jumps[count % jumps.length] ?? 0);
      await store.withLock(key, { waitMs: 60_000, holdMs: 20_000 }, async () => {
        setClock(jumps[(count + 1) % jumps.length] ?? 0);
        if (!enter(room)) met += 1;
        await pass(2);
        if (!leave(room)) met += 1;
      });
    }
    setClock(0);
    return met;
  },

  async hold({ key, holdMs, jump }) {
    setClock(jump);
    await store.withLock(key, { waitMs: 10_000, holdMs }, () => {
      say({ stopped: key });
      return new Promise(() => undefined);
    });
  },
};

/** Whether nobody was in the room. */
function enter(room: string): boolean {
  try {
    closeSync(openSync(room, "wx"));
    return true;
  } catch {
    return false;
  }
}

function leave(room: string): boolean {
  try {
    unlinkSync(room);
    return true;
  } catch {
    return false;
  }
}

async function outcomeOf(
  work: () => Promise<Omit<Outcome, "took">>,
): Promise<Omit<Outcome, "took">> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isOAuthError(error)) return { code: String(error) };
      // As an app does: a busy machine may take a lock from its holder.
      if (error.retryable && attempt < 3) continue;
      return { code: error.code, message: error.message };
    }
  }
}

process.on("message", (order: Order) => {
  if ("go" in order) {
    goes.get(order.go)?.();
    return;
  }
  const { id, task } = order;
  const work = tasks[task.name] as (given: Task) => Promise<unknown>;
  work(task).then(
    (value) => say({ done: id, value }),
    (error: unknown) =>
      say({ done: id, error: error instanceof Error ? String(error.stack) : String(error) }),
  );
});
say({ ready: true });
