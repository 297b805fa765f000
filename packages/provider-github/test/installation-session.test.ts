import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { GitHubApp } from "@grantkit/provider-github";
import type { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { bearerAt, mintsAt, passPause, refusedToken, startedApp } from "./app-support.ts";

let emulator: GitHubEmulator;
let app: GitHubApp;
let clock: FakeClock;
let another: Awaited<ReturnType<typeof startedApp>>["another"];
let installation: number;

// One emulator and key for all tests: a key takes long to make. Each test has an app of its own, which knows no token.
beforeAll(async () => {
  ({ emulator, clock, another } = await startedApp());
  installation = emulator.installationIds[0] as number;
});
beforeEach(() => {
  app = another();
  emulator.clearRequests();
});
afterAll(() => emulator.close());

describe("an installation's session", () => {
  it("gets one token for 100 concurrent requests of many sessions, and places it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        app.installationSession(installation).get("/installation/repositories"),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(mintsAt(emulator)).toEqual([{}]);
    expect(bearerAt(emulator)).toMatch(/^ghs_.{500,}$/);
  });

  it("has a token of its own for other repositories, permissions and installations, whatever their order", async () => {
    const other = emulator.installationIds[1] as number;
    const sessions = [
      app.installationSession(installation, { permissions: { contents: "read", issues: "read" } }),
      app.installationSession(String(installation), {
        permissions: { issues: "read", contents: "read" },
      }),
      app.installationSession(installation, { permissions: { contents: "read" } }),
      app.installationSession(other),
    ];
    await Promise.all(sessions.map((session) => session.get("/installation/repositories")));
    expect(mintsAt(emulator)).toHaveLength(3);
    expect(sessions[0]?.token).toBe(sessions[1]?.token);
    expect(sessions[2]?.token.raw).toMatchObject({
      installation_id: installation,
      permissions: { contents: "read" },
    });
  });

  it("asks for fewer repositories, by name or ID", async () => {
    const all = await app.installationSession(installation).get("/installation/repositories");
    const [first] = all.data.repositories;
    for (const options of [{ repositories: [first.name] }, { repositoryIds: [first.id] }]) {
      const session = app.installationSession(installation, options);
      const { data } = await session.get("/installation/repositories");
      expect(data.repositories.map(({ id }: { id: number }) => id)).toEqual([first.id]);
      expect(session.token.raw["repository_selection"]).toBe("selected");
    }
    expect(mintsAt(emulator).slice(1)).toEqual([
      { repositories: [first.name] },
      { repository_ids: [first.id] },
    ]);
  });

  it("keeps the token until a minute before its end", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    clock.advance(3539_000);
    await session.get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(1);
    clock.advance(2_000);
    await session.get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("sends a request again with the same token if GitHub does not know a new token yet", async () => {
    const session = app.installationSession(installation);
    emulator.failNext(
      { path: "/installation/repositories", ...refusedToken("Bad credentials") },
      2,
    );
    const answer = session.get("/installation/repositories");
    await passPause(clock, 1000);
    await passPause(clock, 2000);
    expect((await answer).status).toBe(200);
    expect(mintsAt(emulator)).toHaveLength(1);
  });

  it("is accepted though GitHub does not know new tokens for three seconds", async () => {
    emulator.configure({ installationTokenDelay: 3 });
    const answer = app.installationSession(installation).get("/installation/repositories");
    await passPause(clock, 1000);
    await passPause(clock, 2000);
    expect((await answer).status).toBe(200);
    emulator.configure({ installationTokenDelay: 0 });
    expect(mintsAt(emulator)).toHaveLength(1);
  });

  it("is found by the repository that the app is installed on", async () => {
    const [user] = emulator.users;
    const [repository] = user?.repositories ?? [];
    const path = `/repos/${user?.login}/${repository?.name}/installation`;
    expect((await app.appSession().get(path)).data.id).toBe(installation);
  });

  it("gets another token if the first one was revoked", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    clock.advance(5_000);
    await session.fetch("/installation/token", { method: "DELETE" });
    expect((await session.get("/installation/repositories")).status).toBe(200);
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("revokes its token with the token itself, as GitHub wants it", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    expect(await session.revoke()).toEqual({ atProvider: true });
    expect(emulator.requests.at(-1)).toMatchObject({
      method: "DELETE",
      path: "/api/installation/token",
    });
    expect(await thrown(session.get("/user"))).toMatchObject({ code: "SESSION_ENDED" });
    // A new session gets a new token.
    await app.installationSession(installation).get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("gives its token for use elsewhere, and keeps it", async () => {
    const token = await app.fetchInstallationToken(installation);
    expect(await app.fetchInstallationToken(installation)).toBe(token);
    expect(token.expiresAt?.getTime()).toBe(clock.seconds * 1000 + 3600_000);
    expect(inspect(app, { depth: 9 })).not.toContain("PRIVATE KEY");
  });
});
