// Takes some seconds: servers start and replicate, and WAIT waits in real time.
import { afterEach, describe, expect, it } from "@jest/globals";
import { missingServer } from "@grantkit/store-faults";
import { send } from "./support/cluster.ts";
import { errorOf } from "./support/errors.ts";
import { signIn } from "./support/sign-in.ts";
import { Started } from "./support/started.ts";

const started = new Started();
afterEach(() => started.end());

const NODE_DRIVERS = ["node-redis 6", "node-redis 5", "ioredis 6", "ioredis 5", "iovalkey"];
const waitForReplicas = { count: 1, timeoutMs: 300 };
/** For a replica that is there: a busy machine may take long to answer. */
const patient = { waitForReplicas: { count: 1, timeoutMs: 20_000 } };

/** A primary server and its replica. The app's way to Redis and the replica's way to its primary can be cut. */
async function startPair() {
  const primary = await started.redis();
  const link = await started.proxy(primary.port);
  const replica = await started.redis({ replicaOf: { ...primary, port: link.port } });
  const way = await started.proxy(primary.port);
  const isOnline = async () =>
    String(await send(primary, "INFO", "replication")).includes("state=online");
  while (!(await isOnline())) await new Promise((go) => setTimeout(go, 20));
  return {
    primary,
    replica,
    way,
    link,
    /** Ends the primary server; the app's way leads to the replica from now on. */
    failOver: async () => {
      await primary.kill("SIGKILL");
      await send(replica, "REPLICAOF", "NO", "ONE");
      way.target = replica.port;
      way.cut();
    },
    reconnectReplica: async () => {
      link.isSilent = false;
      link.cut();
      // Online, and with an answer to WAIT: a busy machine takes long for both.
      while (!(await isOnline()) || Number(await send(primary, "WAIT", "1", "100")) === 0) {
        await new Promise((go) => setTimeout(go, 20));
      }
    },
  };
}

(missingServer("redis") ? describe.skip : describe)(
  "a failover to a replica that is behind",
  () => {
    it("without waitForReplicas may end a sign-in: a typed error, and one request to the provider", async () => {
      const { way, link, replica, failOver } = await startPair();
      const { token, makeClient, sent } = await signIn(started);
      const store = await started.store(way.url, "ioredis 6");
      const session = await makeClient().storedSession({ store, key: "k", token });
      const copy = await started.store(replica.url, "ioredis 6");
      while (!(await copy.get("k"))) await new Promise((go) => setTimeout(go, 20));
      link.isSilent = true;
      await session.refresh();
      await failOver();

      const late = await started.store(way.url, "node-redis 6");
      const other = await makeClient().storedSession({ store: late, key: "k" });
      expect(other.token.accessToken).toBe(token.accessToken);
      for (let count = 0; count < 5; count += 1) {
        expect(await errorOf(other.refresh())).toMatchObject({ code: "INVALID_GRANT" });
      }
      // The refresh before the failover, and one with the refresh token that it had spent.
      expect(sent()).toHaveLength(2);
    });

    it("loses nothing with waitForReplicas: no refresh begins while the replica is behind", async () => {
      const { way, link, failOver } = await startPair();
      const { token, makeClient, sent } = await signIn(started);
      const first = await started.store(way.url, "ioredis 6", patient);
      await makeClient().storedSession({ store: first, key: "k", token });
      link.isSilent = true;
      for (const driver of NODE_DRIVERS) {
        const store = await started.store(way.url, driver, { waitForReplicas });
        const session = await makeClient().storedSession({ store, key: "k" });
        const error = await errorOf(session.refresh());
        expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
        expect(error.message).toContain("only 0 of 1 replicas");
        expect(await errorOf(store.check())).toMatchObject({ code: "STORE_FAILED" });
      }
      expect(sent()).toEqual([]);
      await failOver();
      const store = await started.store(way.url, "ioredis 6");
      const session = await makeClient().storedSession({ store, key: "k" });
      expect((await session.refresh()).accessToken).not.toBe(token.accessToken);
    });

    it.each(NODE_DRIVERS)(
      "a token that only the primary server has is adopted when the replica is back (%s)",
      async (driver) => {
        const { way, link, replica, reconnectReplica } = await startPair();
        const { token, makeClient, sent } = await signIn(started);
        const store = await started.store(way.url, driver, patient);
        const impatient = await started.store(way.url, driver, { waitForReplicas });
        const session = await makeClient().storedSession({ store, key: "k", token });
        const write = store.compareAndSet.bind(store);
        store.compareAndSet = (...parameters) => {
          link.isSilent = true;
          return impatient.compareAndSet(...parameters);
        };
        const error = await errorOf(session.refresh());
        expect(error).toMatchObject({ code: "TOKEN_UPDATE_FAILED", retryable: true });
        store.compareAndSet = write;
        await reconnectReplica();
        expect((await session.get<unknown>("/user")).status).toBe(200);
        expect(sent()).toHaveLength(1);
        const copy = await started.store(replica.url, driver);
        expect((await copy.get("k"))?.token.accessToken).toBe(session.token.accessToken);
      },
    );
  },
);
