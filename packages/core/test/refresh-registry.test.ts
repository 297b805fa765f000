import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;
let clock: FakeClock;
const running = closedAfterAll();
beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
});

const expiring = (seconds: number, accessToken = "at-old"): Token =>
  example.expiring(clock, seconds, { accessToken });

describe("a session made from the token before finds the new one without a refresh,", () => {
  it("when the provider gave the same access token with another refresh token", async () => {
    let current = "rt-old";
    example.token = ({ body }) => {
      const sent = new URLSearchParams(body).get("refresh_token");
      if (sent !== current) return { status: 400, body: { error: "invalid_grant" } };
      current = `${current}+`;
      const grant = { access_token: "at-same", token_type: "Bearer", expires_in: 3600 };
      return { body: { ...grant, refresh_token: current } };
    };
    const client = example.client({ clock });
    const old = expiring(-1, "at-same");
    await client.session(old).get("/x");
    expect((await client.session(old).get("/x")).status).toBe(200);
    expect((await client.refreshToken(old)).refreshToken).toBe("rt-old+");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it.each([
    ["says no more when it ends", -1, {}],
    ["ends sooner than the one before, which was refused", 3600, { expires_in: 600 }],
  ])("when the new one %s", async (_name, seconds, answer) => {
    let count = 0;
    example.token = () => {
      count += 1;
      example.accepted.clear();
      example.accepted.add(`at-${count}`);
      return { body: { access_token: `at-${count}`, token_type: "Bearer", ...answer } };
    };
    const client = example.client({ clock });
    const old = expiring(seconds);
    example.accepted.clear();
    for (let index = 0; index < 5; index += 1) await client.session(old).get("/x");
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("onTokenUpdate", () => {
  it("is called in the order of the refreshes", async () => {
    example.rotate("rt-old");
    const saved: string[] = [];
    let save = (): void => undefined;
    const held = new Promise<void>((resolve) => (save = resolve));
    const session = example.client({ clock }).session(expiring(-1), {
      onTokenUpdate: async ({ accessToken }) => {
        if (accessToken === "at-rotated-1") await held;
        saved.push(accessToken);
      },
    });
    const first = session.refresh();
    const isAt = (name: string): boolean => session.token.accessToken === name;
    await until(() => isAt("at-rotated-1"));
    const second = session.refresh();
    await until(() => isAt("at-rotated-2"));
    await turns();
    save();
    await Promise.all([first, second]);
    expect(saved).toEqual(["at-rotated-1", "at-rotated-2"]);
  });
});
