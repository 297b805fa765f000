import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { thrown } from "../../core/test/support/thrown.ts";
import { bearerAt, mintsAt, passPause, refusedToken, appForEach } from "./app-support.ts";

const github = appForEach();

describe("an installation's session", () => {
  it("gets one token for 100 concurrent requests of many sessions, and places it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        github.app.installationSession(github.installation).get("/installation/repositories"),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(mintsAt(github.emulator)).toEqual([{}]);
    expect(bearerAt(github.emulator)).toMatch(/^ghs_.{500,}$/);
  });

  it("has a token of its own for other repositories, permissions and installations, whatever their order", async () => {
    const other = github.emulator.installationIds[1] as number;
    const sessions = [
      github.app.installationSession(github.installation, {
        permissions: { contents: "read", issues: "read" },
      }),
      github.app.installationSession(String(github.installation), {
        permissions: { issues: "read", contents: "read" },
      }),
      github.app.installationSession(github.installation, { permissions: { contents: "read" } }),
      github.app.installationSession(other),
    ];
    await Promise.all(sessions.map((session) => session.get("/installation/repositories")));
    expect(mintsAt(github.emulator)).toHaveLength(3);
    expect(sessions[0]?.token).toBe(sessions[1]?.token);
    expect(sessions[2]?.token.raw).toMatchObject({
      installation_id: github.installation,
      permissions: { contents: "read" },
    });
  });

  it("asks for fewer repositories, by name or ID", async () => {
    const all = await github.app
      .installationSession(github.installation)
      .get("/installation/repositories");
    const [first] = all.data.repositories;
    for (const options of [{ repositories: [first.name] }, { repositoryIds: [first.id] }]) {
      const session = github.app.installationSession(github.installation, options);
      const { data } = await session.get("/installation/repositories");
      expect(data.repositories.map(({ id }: { id: number }) => id)).toEqual([first.id]);
      expect(session.token.raw["repository_selection"]).toBe("selected");
    }
    expect(mintsAt(github.emulator).slice(1)).toEqual([
      { repositories: [first.name] },
      { repository_ids: [first.id] },
    ]);
  });

  it("keeps the token until a minute before its end", async () => {
    const session = github.app.installationSession(github.installation);
    await session.get("/installation/repositories");
    github.clock.advance(3539_000);
    await session.get("/installation/repositories");
    expect(mintsAt(github.emulator)).toHaveLength(1);
    github.clock.advance(2_000);
    await session.get("/installation/repositories");
    expect(mintsAt(github.emulator)).toHaveLength(2);
  });

  it("sends a request again with the same token if GitHub does not know a new token yet", async () => {
    const session = github.app.installationSession(github.installation);
    github.emulator.failNext(
      { path: "/installation/repositories", ...refusedToken("Bad credentials") },
      2,
    );
    const answer = session.get("/installation/repositories");
    await passPause(github.clock, 1000);
    await passPause(github.clock, 2000);
    expect((await answer).status).toBe(200);
    expect(mintsAt(github.emulator)).toHaveLength(1);
  });

  it("is accepted though GitHub does not know new tokens for three seconds", async () => {
    github.emulator.configure({ installationTokenDelay: 3 });
    const answer = github.app
      .installationSession(github.installation)
      .get("/installation/repositories");
    await passPause(github.clock, 1000);
    await passPause(github.clock, 2000);
    expect((await answer).status).toBe(200);
    github.emulator.configure({ installationTokenDelay: 0 });
    expect(mintsAt(github.emulator)).toHaveLength(1);
  });

  it("is found by the repository that the app is installed on", async () => {
    const [user] = github.emulator.users;
    const [repository] = user?.repositories ?? [];
    const path = `/repos/${user?.login}/${repository?.name}/installation`;
    expect((await github.app.appSession().get(path)).data.id).toBe(github.installation);
  });

  it("gets another token if the first one was revoked", async () => {
    const session = github.app.installationSession(github.installation);
    await session.get("/installation/repositories");
    github.clock.advance(5_000);
    await session.fetch("/installation/token", { method: "DELETE" });
    expect((await session.get("/installation/repositories")).status).toBe(200);
    expect(mintsAt(github.emulator)).toHaveLength(2);
  });

  it("revokes its token with the token itself, as GitHub wants it", async () => {
    const session = github.app.installationSession(github.installation);
    await session.get("/installation/repositories");
    expect(await session.revoke()).toEqual({ atProvider: true });
    expect(github.emulator.requests.at(-1)).toMatchObject({
      method: "DELETE",
      path: "/api/installation/token",
    });
    expect(await thrown(session.get("/user"))).toMatchObject({ code: "SESSION_ENDED" });
    // A new session gets a new token.
    await github.app.installationSession(github.installation).get("/installation/repositories");
    expect(mintsAt(github.emulator)).toHaveLength(2);
  });

  it("gives its token for use elsewhere, and keeps it", async () => {
    const token = await github.app.fetchInstallationToken(github.installation);
    expect(await github.app.fetchInstallationToken(github.installation)).toBe(token);
    expect(token.expiresAt?.getTime()).toBe(github.clock.seconds * 1000 + 3600_000);
    expect(inspect(github.app, { depth: 9 })).not.toContain("PRIVATE KEY");
  });
});
