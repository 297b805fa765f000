import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pageOfKeys } from "@grantkit/core/requests";

/** A database over HTTP, for stores of several processes. */
export interface StoreServer {
  readonly url: string;
  /** The records as they are: `[version, token]` as JSON. */
  readonly records: Map<string, string>;
  close(): Promise<void>;
}

type Question = readonly (string | null)[];

/** Starts a database. */
export async function startStoreServer(): Promise<StoreServer> {
  const records = new Map<string, string>();
  const locks = new Map<string, { readonly owner: string; readonly until: number }>();
  const isHeld = (key: string, owner: string, now: number): boolean => {
    const lock = locks.get(key);
    return lock?.owner === owner && now < lock.until;
  };
  const answers: Readonly<Record<string, (...question: Question) => unknown>> = {
    get: (key) => records.get(String(key)),
    keys: (query) => pageOfKeys(records.keys(), JSON.parse(String(query)) as object),
    set(key, expected, token) {
      const found = records.get(String(key));
      if (expected !== "any" && (found ?? null) !== expected) return undefined;
      const record = JSON.stringify([randomUUID(), token]);
      records.set(String(key), record);
      return record;
    },
    delete(key, expected) {
      const found = records.get(String(key));
      return (expected === null || found === expected) && records.delete(String(key));
    },
    // The client says what time it is: a good one leaves that to the server.
    acquire(key, owner, holdMs, clock) {
      const now = Number(clock ?? Date.now());
      const lock = locks.get(String(key));
      const isFree = !lock || lock.owner === owner || lock.until <= now;
      if (isFree) locks.set(String(key), { owner: String(owner), until: now + Number(holdMs) });
      return isFree;
    },
    extend(key, owner, holdMs) {
      const isStill = isHeld(String(key), String(owner), Date.now());
      if (isStill)
        locks.set(String(key), { owner: String(owner), until: Date.now() + Number(holdMs) });
      return isStill;
    },
    isHeld: (key, owner) => isHeld(String(key), String(owner), Date.now()),
    release: (key, owner) => locks.get(String(key))?.owner === owner && locks.delete(String(key)),
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const [name, ...question] = JSON.parse(body) as [string, ...Question];
      response.end(JSON.stringify({ value: answers[name]?.(...question) }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
