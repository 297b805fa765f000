import { beforeEach, describe, expect, it } from "@jest/globals";
import { MemoryTokenStore } from "@grantkit/core";
import { AutoAdvancingClock } from "@grantkit/core/testing";
import { ExampleProvider } from "./support/example-provider.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";

const running = closedAfterAll();
let example: ExampleProvider;
beforeEach(async () => {
  example = await running(ExampleProvider.start());
});

describe("an AutoAdvancingClock", () => {
  it("ends a request to a server that hangs, at the token endpoint and at the API", async () => {
    const clock = new AutoAdvancingClock({ idle: 200 });
    const start = clock.now();
    const client = example.client({ clock });
    example.token = () => "hang";
    expect(await thrown(client.fetchClientCredentialsToken())).toMatchObject({ code: "TIMEOUT" });
    expect(clock.now() - start).toBe(10_000);
    example.api = () => "hang";
    const session = client.session(example.grant({ accessToken: "at-1" }));
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "TIMEOUT" });
    expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "TIMEOUT" });
    expect(clock.now() - start).toBe(70_000);
    expect(clock.pending).toBe(0);
  });

  it("waits out the pauses between retries", async () => {
    let count = 0;
    example.api = () => ((count += 1) < 3 ? { status: 503, headers: { "retry-after": "10" } } : {});
    const clock = new AutoAdvancingClock({ idle: 200 });
    const session = example.client({ clock }).session(example.grant({ accessToken: "at-1" }));
    expect((await session.get("/me")).status).toBe(200);
  });

  it("stands still while a server answers", async () => {
    const clock = new AutoAdvancingClock();
    const start = clock.now();
    const client = example.client({ clock });
    await client.fetchClientCredentialsToken();
    await client.session(example.grant({ accessToken: "at-1" })).get("/me");
    expect(clock.now()).toBe(start);
  });

  it("fires timers in order, each at its own time, and those that they set", async () => {
    const clock = new AutoAdvancingClock({ now: 0, idle: 1 });
    const fired: string[] = [];
    await new Promise<void>((resolve) => {
      const note = (name: string) => () => void fired.push(`${name} at ${clock.now()}`);
      clock.after(2000, note("b"));
      clock.after(1000, () => {
        note("a")();
        clock.after(5000, () => (note("d")(), resolve()));
      });
      clock.after(2000, note("c"));
      clock.after(1500, note("cancelled"))();
    });
    expect(fired).toEqual(["a at 1000", "b at 2000", "c at 2000", "d at 6000"]);
  });

  it("can also be advanced by hand", () => {
    const clock = new AutoAdvancingClock({ now: 0 });
    let isOver = false;
    clock.after(1000, () => (isOver = true));
    expect(clock.untilNext).toBe(1000);
    clock.advance(1000);
    expect(isOver).toBe(true);
    expect(clock.untilNext).toBeUndefined();
  });

  it("ends the lock of a holder that never comes back", async () => {
    const store = new MemoryTokenStore({ clock: new AutoAdvancingClock({ idle: 10 }) });
    const limits = { waitMs: 60_000, holdMs: 5000 };
    void store.withLock("k", limits, () => new Promise<never>(() => undefined));
    expect(await store.withLock("k", limits, () => Promise.resolve("had"))).toBe("had");
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "200" as never])(
    "refuses %p for idle",
    (idle) => {
      expect(() => new AutoAdvancingClock({ idle })).toThrow(/idle must be a number of milli/);
    },
  );
});
