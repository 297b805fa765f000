import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Session, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
const opened: ExampleProvider[] = [];
beforeEach(async () => {
  example = await ExampleProvider.start();
  opened.push(example);
});
afterAll(() => Promise.all(opened.map((provider) => provider.close())));

const granted = () => example.grant({ accessToken: "at-old", refreshToken: "rt-old" });
const ended = () => Token.from({ accessToken: "at-old", refreshToken: "rt-old", expiresAt: 1 });
const within = (work: Promise<unknown>, milliseconds: number): Promise<unknown> =>
  Promise.race([
    work.catch((error: unknown) => error),
    wait(milliseconds, "still waiting", { ref: false }),
  ]);

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
    while (example.apiRequests.length === 0) await wait(5);
    const refreshed = client.session(old, { onTokenUpdate: () => saved }).refresh();
    while (client.session(old).token.accessToken === "at-old") await wait(5);
    refuse();
    expect(await within(slow, 200)).toBe("still waiting");
    expect(example.apiRequests).toHaveLength(1);
    save();
    expect((await slow).status).toBe(200);
    await refreshed;
  });
});

describe("a refresh after a 401 that takes too long", () => {
  it("ends in axios's words for the caller who aborts, and in ours at the deadline", async () => {
    example.token = () => "hang";
    const session = example.client().session(granted());
    example.accepted.clear();
    const controller = new AbortController();
    const aborted = within(session.get("/x", { signal: controller.signal }), 2000);
    while (example.tokenRequests.length === 0) await wait(5);
    controller.abort(new Error("the user left"));
    expect(await aborted).toMatchObject({ name: "CanceledError", code: "ERR_CANCELED" });
    expect(await within(session.get("/x", { timeout: 100 }), 2000)).toMatchObject({
      name: "OAuthError",
      code: "TIMEOUT",
    });
  });
});

describe("a save that never ends", () => {
  it("keeps no request beyond its time limit or its signal", async () => {
    example.rotate("rt-old");
    const session = example
      .client()
      .session(ended(), { onTokenUpdate: () => new Promise<void>(() => undefined) });
    for (const call of ["first", "second"]) {
      expect([call, await within(session.get("/x", { timeout: 100 }), 1000)]).toMatchObject([
        call,
        { code: "TIMEOUT" },
      ]);
    }
    const signal = AbortSignal.timeout(100);
    expect(await within(session.fetch("/x", { signal }), 1000)).toMatchObject({
      name: "TimeoutError",
    });
  });

  it("because it waits for the session itself, fails instead of hanging", async () => {
    example.rotate("rt-old");
    const session: OAuth2Session = example.client({ timeout: 200 }).session(ended(), {
      onTokenUpdate: async () => void (await session.get("/me")),
    });
    expect(await within(session.refresh(), 2000)).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
  });
});
