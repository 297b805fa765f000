// Takes some seconds: servers start, two of them after initdb.
import { afterAll, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { missingServer, startPgBouncer, startPostgres, startRedis } from "@grantkit/store-faults";
import type { TestServer } from "@grantkit/store-faults";

const started: TestServer[] = [];
afterAll(() => Promise.all(started.map((server) => server.stop())));
const running = async <Server extends TestServer>(starting: Promise<Server>): Promise<Server> => {
  const server = await starting;
  started.push(server);
  return server;
};

const redis = (server: TestServer, ...command: readonly string[]): string =>
  execFileSync("redis-cli", ["-u", server.url, ...command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
const sql = (server: TestServer, statement: string): string =>
  execFileSync("psql", [server.url, "-qtAc", statement], { encoding: "utf8" }).trim();

(missingServer("redis") ? describe.skip : describe)("startRedis()", () => {
  it("starts an empty database, which is gone with its folder at the end", async () => {
    const server = await startRedis();
    expect(redis(server, "DBSIZE")).toBe("0");
    expect(redis(server, "SET", "k", "v")).toBe("OK");
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    expect(spawnSync("redis-cli", ["-u", server.url, "PING"]).status).not.toBe(0);
    await server.stop();
  });

  it("starts again with its data after kill -9 if it has an append-only file", async () => {
    const config = { appendonly: "yes", appendfsync: "always", requirepass: "p-w" };
    const server = await running(startRedis({ config }));
    redis(server, "SET", "k", "v");
    await server.kill("SIGKILL");
    await server.restart();
    expect(redis(server, "GET", "k")).toBe("v");
  });

  it("starts a replica", async () => {
    const primary = await running(startRedis());
    const replica = await running(startRedis({ replicaOf: primary }));
    expect(redis(replica, "ROLE")).toMatch(/^slave/);
    await replica.kill("SIGSTOP");
    expect(redis(primary, "SET", "k", "v")).toBe("OK");
    await replica.kill("SIGCONT");
    while (redis(replica, "GET", "k") !== "v") await new Promise((go) => setTimeout(go, 50));
  });
});

(missingServer("postgres") || missingServer("pgbouncer") ? describe.skip : describe)(
  "startPostgres() and startPgBouncer()",
  () => {
    it("start a database that keeps its data when it is killed, and a pool in front of it", async () => {
      const postgres = await running(startPostgres());
      const bouncer = await running(startPgBouncer({ postgres }));
      sql(postgres, "create table t (a int); insert into t values (7)");
      expect(sql(bouncer, "select a from t")).toBe("7");
      await postgres.kill("SIGKILL");
      await postgres.restart();
      expect(sql(postgres, "select a from t")).toBe("7");
      const wrong = postgres.url.replace(postgres.password, "wrong");
      expect(spawnSync("psql", [wrong, "-c", "select 1"]).status).not.toBe(0);
    });
  },
);
