import { beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Session, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;
const running = closedAfterAll();
beforeEach(async () => {
  example = await running(ExampleProvider.start());
});

const granted = () => example.grant({ accessToken: "at-old", refreshToken: "rt-old" });
const thrown = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
const ended = () => Token.from({ accessToken: "at-old", refreshToken: "rt-old", expiresAt: 1 });
describe("a 401 for a token that another session has replaced meanwhile", () => {
  it("waits for the new token to be saved", async () => {
    example.rotate("rt-old");
    const { answer } = example.server;
    let refuse = (): void => undefined;
    const held = new Promise<void>((resolve) => (refuse = resolve));
    example.server.answer = async (request, response) => {
      if (request.headers.authorization === "Bearer at-old") await held;
      return answer(request, response);
    };
    let save = (): void => undefined;
    const saved = new Promise<void>((resolve) => (save = resolve));
    const client = example.client();
    const old = granted();
    const slow = client.session(old, { onTokenUpdate: () => saved }).get("/x");
    await until(() => example.apiRequests.length === 1);
    const refreshed = client.session(old, { onTokenUpdate: () => saved }).refresh();
    await until(() => client.session(old).token.accessToken !== "at-old");
    refuse();
    let over = false;
    void slow.finally(() => (over = true));
    await turns();
    expect(over).toBe(false);
    expect(example.apiRequests).toHaveLength(1);
    save();
    expect((await slow).status).toBe(200);
    await refreshed;
  });
});

describe("a refresh after a 401 that takes too long", () => {
  it("fails with axios's error for a caller who aborts, and with TIMEOUT at the deadline", async () => {
    example.token = () => "hang";
    const clock = new FakeClock();
    const session = example.client({ clock }).session(granted());
    example.accepted.clear();
    const controller = new AbortController();
    const aborted = thrown(session.get("/x", { signal: controller.signal }));
    await until(() => example.tokenRequests.length === 1);
    controller.abort(new Error("the user left"));
    expect(await aborted).toMatchObject({ name: "CanceledError", code: "ERR_CANCELED" });
    const late = thrown(session.get("/x", { timeout: 100 }));
    await until(() => example.apiRequests.length === 2);
    await turns();
    clock.advance(100);
    expect(await late).toMatchObject({ name: "OAuthError", code: "TIMEOUT" });
    clock.advance(10_000);
    await turns();
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("a hook that never ends", () => {
  it("does not hold a request beyond its time limit or its signal, and nothing is sent", async () => {
    const clock = new FakeClock();
    let seen = 0;
    const protectedRequest = () => {
      seen += 1;
      return new Promise<never>(() => undefined);
    };
    const session = example.client({ clock, hooks: { protectedRequest } }).session(granted());
    const late = [thrown(session.get("/x")), thrown(session.fetch("/x"))];
    await until(() => seen === 2);
    clock.advance(30_000);
    for (const each of late) expect(await each).toMatchObject({ code: "TIMEOUT" });
    const controller = new AbortController();
    const reason = new Error("the user left");
    const { signal } = controller;
    const aborted = [
      thrown(session.get("/x", { signal })),
      thrown(session.fetch("/x", { signal })),
    ];
    await until(() => seen === 4);
    controller.abort(reason);
    expect(await aborted[0]).toMatchObject({ name: "CanceledError", code: "ERR_CANCELED" });
    expect(await aborted[1]).toBe(reason);
    expect(example.apiRequests).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });
});

describe("a save that never ends", () => {
  it("does not hold a request beyond its time limit or its signal", async () => {
    example.rotate("rt-old");
    const clock = new FakeClock();
    let saves = 0;
    const session = example.client({ clock }).session(ended(), {
      onTokenUpdate: () => {
        saves += 1;
        return new Promise<void>(() => undefined);
      },
    });
    for (const call of ["first", "second"]) {
      const waiting = thrown(session.get("/x", { timeout: 100 }));
      await until(() => saves === 1);
      await turns();
      clock.advance(100);
      expect([call, await waiting]).toMatchObject([call, { code: "TIMEOUT" }]);
    }
    const controller = new AbortController();
    const reason = new Error("the user left");
    const waiting = thrown(session.fetch("/x", { signal: controller.signal }));
    await turns();
    controller.abort(reason);
    expect(await waiting).toBe(reason);
  });

  it("because it uses the session itself, fails instead of hanging", async () => {
    example.rotate("rt-old");
    const clock = new FakeClock();
    let saving = false;
    const session: OAuth2Session = example.client({ clock }).session(ended(), {
      onTokenUpdate: async () => {
        saving = true;
        await session.get("/me", { timeout: 200 });
      },
    });
    const refreshed = thrown(session.refresh());
    await until(() => saving);
    await turns();
    clock.advance(200);
    expect(await refreshed).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
  });
});
