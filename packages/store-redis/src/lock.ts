import type { StoreLock } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import { ACQUIRE, EXTEND, RELEASE } from "./scripts.ts";

/** A duration as PX takes it. */
const wholeMs = (holdMs: number): number => Math.max(1, Math.ceil(holdMs));

/** The lock with a name. Waiters ask again and again: Redis over HTTP has no subscriptions. */
export function lockOf(connection: Connection, name: string): StoreLock {
  return {
    // The one step that waits for replicas: after a failover, nobody else may have the lock.
    acquire: async (owner, holdMs) =>
      Number(await connection.write(ACQUIRE, [name], [owner, wholeMs(holdMs)])) === 1,
    extend: async (owner, holdMs) =>
      Number(await connection.run(EXTEND, [name], [owner, wholeMs(holdMs)])) === 1,
    // As text: a client may give a buffer.
    isHeld: async (owner) => String(await connection.get(name)) === owner,
    release: async (owner) => void (await connection.run(RELEASE, [name], [owner])),
  };
}
