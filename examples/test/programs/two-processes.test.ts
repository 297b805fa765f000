// Takes some seconds: servers and processes start.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { missingServer, startPostgres, startRedis, type TestServer } from "@grantkit/store-faults";
import { ExampleProgram, type Running } from "../support/example-program.ts";

let program: ExampleProgram;
beforeAll(() => {
  program = new ExampleProgram("two-processes", ["pg", "redis"]);
});
afterAll(() => program.close());

/** A browser: it keeps cookies, and can reach each process. */
class Browser {
  readonly #cookies = new Map<string, string>();

  /** Another browser with the same cookies, which a sign-out does not clear. */
  copy(): Browser {
    const copy = new Browser();
    for (const [name, value] of this.#cookies) copy.#cookies.set(name, value);
    return copy;
  }

  async send(url: string, method = "GET") {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { method, headers: { cookie }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const location = response.headers.get("location") ?? "";
    return { status: response.status, location, text: await response.text() };
  }
}

const servers = {
  PostgreSQL: () => startPostgres(),
  // The store refuses a Redis that forgets all tokens in a restart.
  Redis: () => startRedis({ config: { appendonly: "yes", "maxmemory-policy": "noeviction" } }),
};
const variables = { PostgreSQL: "DATABASE_URL", Redis: "REDIS_URL" };

describe.each(["PostgreSQL", "Redis"] as const)("two processes over %s", (name) => {
  if (missingServer(name === "Redis" ? "redis" : "postgres")) return;

  let server: TestServer;
  let emulator: GitHubEmulator;
  let running: Running;
  let one: string;
  let other: string;

  async function startProcess(): Promise<[Running, string]> {
    const started = program.start({
      [variables[name]]: server.url,
      GITHUB_CLIENT_ID: emulator.clientId,
      GITHUB_CLIENT_SECRET: emulator.clientSecret,
      GITHUB_ENDPOINTS: JSON.stringify(emulator.endpoints),
      ORIGIN: "http://localhost:3000",
      PORT: "0",
    });
    return [started, await started.firstLine()];
  }

  beforeAll(async () => {
    server = await servers[name]();
    emulator = await startGitHub({ expiringTokens: true, refreshTokenReuse: "revokes-family" });
    [[running, one], [, other]] = await Promise.all([startProcess(), startProcess()]);
  });
  beforeEach(() => emulator.clearRequests());
  afterAll(async () => {
    await emulator.close();
    await server.stop();
  });

  /** Starts the sign-in at one process; the callback reaches the other. */
  async function signIn(user: string): Promise<Browser> {
    const browser = new Browser();
    const { location } = await browser.send(`${one}/sign-in`);
    const callback = new URL(await emulator.authorize(location, { user }));
    const { status } = await browser.send(other + callback.pathname + callback.search);
    expect(status).toBe(303);
    return browser;
  }
  const refreshes = () =>
    emulator.requests.filter(({ body }) => body["grant_type"] === "refresh_token").length;

  it("know the users that signed in at either, and tell them apart", async () => {
    const [ada, grace] = [await signIn("ada-l"), await signIn("gracehopper")];
    for (const address of [one, other]) {
      expect((await ada.send(address)).text).toMatch(/^You are ada-l, says process \d+\./);
      expect((await grace.send(address)).text).toMatch(/^You are gracehopper,/);
      expect((await new Browser().send(address)).status).toBe(401);
    }
  });

  it("refresh an expired token once for many requests, and answer all", async () => {
    const browser = await signIn("ada-l");
    for (let round = 1; round <= 3; round += 1) {
      emulator.expireAccessTokens();
      const sent = Array.from({ length: 20 }, (_, index) => browser.send(index % 2 ? one : other));
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      expect(statuses).toEqual(Array(20).fill(200));
      expect(refreshes()).toBe(round);
    }
  });

  it("sign a user out of both, and delete the token at GitHub", async () => {
    const browser = await signIn("ada-l");
    const copy = browser.copy();
    expect((await copy.send(one)).status).toBe(200);
    expect(await browser.send(`${other}/sign-out`, "POST")).toMatchObject({ status: 303 });
    expect(emulator.requests.map(({ method }) => method)).toContain("DELETE");
    for (const address of [one, other]) {
      expect((await browser.send(address)).status).toBe(401);
      expect((await copy.send(address)).status).toBe(401);
    }
  });

  it("keep users signed in when a process is killed and another takes its place", async () => {
    const browser = await signIn("ada-l");
    await running.kill();
    [running, one] = await startProcess();
    expect((await browser.send(one)).status).toBe(200);
  });
});

(missingServer("redis") ? it.skip : it)("says that Redis refuses the user", async () => {
  const server = await startRedis();
  const started = program.start({
    REDIS_URL: Object.assign(new URL(server.url), { username: "nobody", password: "wrong" }).href,
    GITHUB_CLIENT_ID: "id",
    GITHUB_CLIENT_SECRET: "secret",
  });
  expect(await started.firstLine()).toMatch(/^Redis: WRONGPASS/);
  await started.kill();
  await server.stop();
});

it("says which variable is missing", async () => {
  const { status, lines } = await program.start({ GITHUB_CLIENT_ID: "" }).ended;
  expect(status).toBe(1);
  expect(lines.join("\n")).toMatch(/clientId is missing/);
  const started = program.start({
    DATABASE_URL: "",
    REDIS_URL: "",
    GITHUB_CLIENT_ID: "id",
    GITHUB_CLIENT_SECRET: "secret",
  });
  expect((await started.ended).lines.join("\n")).toMatch(/Set DATABASE_URL or REDIS_URL\./);
});
