// Takes some seconds: servers start and replicate, and WAIT waits in real time.
import { afterEach, describe, expect, it } from "@jest/globals";
import { createClient } from "redis";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { GitHubClient, type Token } from "@grantkit/provider-github";
import { missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { DRIVERS } from "./support/clients.ts";
import { errorOf } from "./support/errors.ts";
import { Proxy } from "./support/proxy.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const NODE_DRIVERS = ["node-redis 6", "node-redis 5", "ioredis 6", "ioredis 5", "iovalkey"];
const REPLICA = { count: 1, timeoutMs: 300 };

const kept = async <T>(starting: Promise<T>, end: (started: T) => unknown): Promise<T> => {
  const started = await starting;
  ends.push(() => end(started));
  return started;
};
const send = async ({ url }: TestServer, ...command: string[]): Promise<string> => {
  const client = createClient({ url });
  await client.connect();
  const answer = await client.sendCommand<string>(command);
  client.destroy();
  return answer;
};

/** A primary server and its replica. The app's way to Redis and the replica's way to its primary can be cut. */
async function startPair() {
  const stop = (server: TestServer) => server.stop();
  const primary = await kept(startRedis(), stop);
  const link = await kept(Proxy.start(primary.port), (proxy) => proxy.close());
  const replicaOf = { ...primary, port: link.port };
  const replica = await kept(startRedis({ replicaOf }), stop);
  const way = await kept(Proxy.start(primary.port), (proxy) => proxy.close());
  const isOnline = async () =>
    (await send(primary, "INFO", "replication")).includes("state=online");
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
      while (!(await isOnline())) await new Promise((go) => setTimeout(go, 20));
    },
  };
}

async function open(
  url: string,
  driver: string,
  waitForReplicas?: typeof REPLICA,
): Promise<RedisTokenStore> {
  const make = DRIVERS[driver] as (typeof DRIVERS)[string];
  const { client } = await kept(make(url), ({ close }) => close());
  return new RedisTokenStore({ client, ...(waitForReplicas && { waitForReplicas }) });
}

async function signIn(): Promise<{
  readonly emulator: GitHubEmulator;
  readonly token: Token;
  readonly makeClient: () => GitHubClient;
  readonly refreshes: () => number;
}> {
  const emulator = await kept(startGitHub({ expiringTokens: true }), (each) => each.close());
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:1/callback";
  const makeClient = () => new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
  const client = makeClient();
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const refreshes = () =>
    emulator.requests.filter(({ body }) => body["grant_type"] === "refresh_token").length;
  return { emulator, token, makeClient, refreshes };
}

(missingServer("redis") ? describe.skip : describe)(
  "a failover to a replica that is behind",
  () => {
    it("without waitForReplicas may end a sign-in: a typed error, and one request to the provider", async () => {
      const { way, link, replica, failOver } = await startPair();
      const { token, makeClient, refreshes } = await signIn();
      const store = await open(way.url, "ioredis 6");
      const session = await makeClient().storedSession({ store, key: "k", token });
      const copy = await open(replica.url, "ioredis 6");
      while (!(await copy.get("k"))) await new Promise((go) => setTimeout(go, 20));
      link.isSilent = true;
      await session.refresh();
      await failOver();

      const late = await open(way.url, "node-redis 6");
      const other = await makeClient().storedSession({ store: late, key: "k" });
      expect(other.token.accessToken).toBe(token.accessToken);
      for (let count = 0; count < 5; count += 1) {
        expect(await errorOf(other.refresh())).toMatchObject({ code: "INVALID_GRANT" });
      }
      // The refresh before the failover, and one with the refresh token that it had spent.
      expect(refreshes()).toBe(2);
    });

    it("loses nothing with waitForReplicas: no refresh begins while the replica is behind", async () => {
      const { way, link, failOver } = await startPair();
      const { token, makeClient, refreshes } = await signIn();
      const first = await open(way.url, "ioredis 6", REPLICA);
      await makeClient().storedSession({ store: first, key: "k", token });
      link.isSilent = true;
      for (const driver of NODE_DRIVERS) {
        const store = await open(way.url, driver, REPLICA);
        const session = await makeClient().storedSession({ store, key: "k" });
        const error = await errorOf(session.refresh());
        expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
        expect(error.message).toContain("only 0 of 1 replicas");
        expect(await errorOf(store.check())).toMatchObject({ code: "STORE_FAILED" });
      }
      expect(refreshes()).toBe(0);
      await failOver();
      const store = await open(way.url, "ioredis 6");
      const session = await makeClient().storedSession({ store, key: "k" });
      expect((await session.refresh()).accessToken).not.toBe(token.accessToken);
    });

    it.each(NODE_DRIVERS)(
      "a token that only the primary server has is adopted when the replica is back (%s)",
      async (driver) => {
        const { way, link, replica, reconnectReplica } = await startPair();
        const { token, makeClient, refreshes } = await signIn();
        const store = await open(way.url, driver, REPLICA);
        const session = await makeClient().storedSession({ store, key: "k", token });
        const write = store.compareAndSet.bind(store);
        store.compareAndSet = (...parameters) => {
          link.isSilent = true;
          return write(...parameters);
        };
        const error = await errorOf(session.refresh());
        expect(error).toMatchObject({ code: "TOKEN_UPDATE_FAILED", retryable: true });
        store.compareAndSet = write;
        await reconnectReplica();
        expect((await session.get<unknown>("/user")).status).toBe(200);
        expect(refreshes()).toBe(1);
        const copy = await open(replica.url, driver);
        expect((await copy.get("k"))?.token.accessToken).toBe(session.token.accessToken);
      },
    );
  },
);
