// Takes some seconds: processes start, are killed and paused, and tokens expire in real time.
import { afterAll, beforeEach, expect, it } from "@jest/globals";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

let directory: string;
let store: FileTokenStore;
let count = 0;
beforeEach(() => {
  count += 1;
  directory = join(processes.folder, `store-${count}`);
  store = new FileTokenStore({ directory });
});

const write = async (accessToken: string) => {
  const found = await store.get("k");
  return store.compareAndSet("k", found?.version, { accessToken });
};
const had = () => Promise.resolve("had");

it("8 processes refresh a rotating token once for each expiry, and every request is answered", async () => {
  const emulator = await startGitHub({ expiringTokens: true, accessTokenLifetime: 2 });
  const { clientId, clientSecret, endpoints } = emulator;
  const options = { clientId, clientSecret, endpoints, redirectUri: "http://127.0.0.1:1/callback" };
  const client = new GitHubClient(options);
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  await client.storedSession({ store, key: "k", token });

  const running = Array.from({ length: 8 }, () =>
    processes.start("request", directory, JSON.stringify(options), "40", "100"),
  );
  await Promise.all(running.map((each) => each.next()));
  emulator.clearRequests();
  for (const each of running) each.go();
  const answered = await Promise.all(running.map((each) => each.next()));

  expect(answered).toEqual(running.map(() => 40));
  const refreshTokens = emulator.requests
    .map(({ body }) => body)
    .filter((body) => body["grant_type"] === "refresh_token")
    .map((body) => body["refresh_token"]);
  expect(new Set(refreshTokens).size).toBe(refreshTokens.length);
  expect(refreshTokens.length).toBeGreaterThanOrEqual(2);
  const session = await client.storedSession({ store, key: "k" });
  await session.refresh();
  expect((await session.get<unknown>("/user")).status).toBe(200);
  await emulator.close();
});

it("compareAndSet() without a lock loses no write of 4 processes", async () => {
  const running = Array.from({ length: 4 }, () => processes.start("add", directory, "25"));
  await Promise.all(running.map((each) => each.ended));
  expect((await store.get("k"))?.token.accessToken).toBe("100");
});

it("a process that is killed in the lock is followed when its time is over", async () => {
  await write("first");
  const holder = processes.start("hold", directory, "700");
  await holder.next();
  holder.signal("SIGKILL");
  await holder.ended;
  await expect(store.withLock("k", { waitMs: 50, holdMs: 1 }, had)).rejects.toMatchObject({
    code: "STORE_LOCK_TIMEOUT",
    retryable: true,
  });
  expect(await store.withLock("k", { waitMs: 10_000, holdMs: 1000 }, had)).toBe("had");
});

it("a process that was paused past its time writes and deletes nothing", async () => {
  await write("first");
  const holder = processes.start("hold", directory, "500");
  await holder.next();
  holder.signal("SIGSTOP");
  await store.withLock("k", { waitMs: 10_000, holdMs: 10_000 }, async (lease) => {
    await write("newer");
    holder.signal("SIGCONT");
    holder.go();
    const outcome = { isHeld: false, isExtended: false, isWritten: false, isDeleted: false };
    expect(await holder.next()).toEqual(outcome);
    await holder.ended;
    expect(await lease.isHeld()).toBe(true);
  });
  expect((await store.get("k"))?.token.accessToken).toBe("newer");
});

it("a waiter takes a lock of which the end is far ahead, because the clock was set back", async () => {
  await store.withLock("k", { waitMs: 1000, holdMs: 300 }, async (lease) => {
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      expect(await store.withLock("k", { waitMs: 10_000, holdMs: 300 }, had)).toBe("had");
      expect(await lease.isHeld()).toBe(false);
    } finally {
      Date.now = now;
    }
  });
});

it("of processes that are killed while they write, each leaves a whole record", async () => {
  let last = 0;
  for (let round = 0; round < 10; round += 1) {
    const running = [1, 2].map(() => processes.start("count", directory));
    await Promise.all(running.map((each) => each.next()));
    await new Promise((resolve) => setTimeout(resolve, 10 + 3 * round));
    for (const each of running) each.signal("SIGKILL");
    await Promise.all(running.map((each) => each.ended));
    const counted = Number((await store.get("k"))?.token.accessToken ?? 0);
    expect(counted).toBeGreaterThanOrEqual(last);
    last = counted;
  }
  expect(last).toBeGreaterThan(10);
  expect(await write("after")).toEqual(expect.any(String));
});

it("leaves nothing behind but the record", async () => {
  await store.check();
  await store.withLock("k", { waitMs: 1000, holdMs: 1000 }, () => write("first"));
  expect(readdirSync(directory).map((name) => name.replace(/^[\da-f]{64}/, "DIGEST"))).toEqual([
    "DIGEST.json",
    "tmp",
  ]);
  expect(readdirSync(join(directory, "tmp"))).toEqual([]);
});
