import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Hono } from "hono";
import { FakeClock } from "../../../packages/core/test/support/fake-clock.ts";
import type { DeviceSignIn } from "../src/flows/device-sign-in.ts";
import type { Flow } from "../src/flows/flow.ts";
import { FormValues } from "../src/flows/form-values.ts";
import type { Target } from "../src/targets/target.ts";
import { Visitors } from "../src/visitors.ts";
import { allow, callbackOf, decide, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

const HOUR = 60 * 60_000;

let demo: ServedDemo;
beforeEach(async () => {
  demo = await serveDemo();
});
afterEach(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);

/** A browser with the cookies that another one has now. */
function copyOf(visitor: PlainBrowser): PlainBrowser {
  const copy = browser();
  for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
  return copy;
}

async function signedIn(provider: string, visitor = browser()): Promise<PlainBrowser> {
  await visitor.get(await allow(await visitor.signIn(provider)));
  return visitor;
}

/** Whether the browser's visitor holds a token of the provider. */
async function sees(visitor: PlainBrowser, provider: string): Promise<boolean> {
  const page = await (await visitor.get(`/?provider=${provider}&flow=api-call`)).text();
  return !page.includes("You hold no token");
}

/** Posts in a new browser, without the network: nothing else happens before the demo has a new visitor. */
async function postAsStranger(path: string): Promise<Response> {
  return demo.app.request(path, { method: "POST", headers: { "sec-fetch-site": "same-origin" } });
}

/** Adds visitors: after a thousand the demo has forgotten those before. */
async function addVisitors(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => postAsStranger("/run/github/api-call")));
}

describe("forgetting a token", () => {
  it.each(["/forget/github", "/clear"])(
    "with %s gives the visitor a new ID, and empties the browser's cache",
    async (path) => {
      const visitor = await signedIn("github");
      const before = copyOf(visitor);
      const { headers } = await visitor.post(path);
      expect([...visitor.cookies]).not.toEqual([...before.cookies]);
      expect(headers.get("clear-site-data")).toBe('"cache"');
      expect(headers.get("cache-control")).toBe("no-store");
      expect(await sees(visitor, "github")).toBe(false);
    },
  );

  it("keeps those of other providers, and only under the new ID", async () => {
    const visitor = await signedIn("facebook", await signedIn("github"));
    const before = copyOf(visitor);
    await visitor.post("/forget/github");
    expect([await sees(visitor, "facebook"), await sees(before, "facebook")]).toEqual([
      true,
      false,
    ]);
    await visitor.post("/clear");
    expect(await sees(visitor, "facebook")).toBe(false);
  });

  it("removes the provider's runs, whose bodies name the user", async () => {
    const visitor = await signedIn("facebook", await signedIn("github"));
    const exported = async (): Promise<string> => (await visitor.get("/export.json")).text();
    expect(await exported()).toContain("ada-l");
    await visitor.post("/forget/github");
    const after = await exported();
    expect(after).not.toContain("ada-l");
    expect(after).toContain('"provider":"facebook"');
  });

  it("refuses the callback of a sign-in that began before", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("github"));
    await visitor.post("/clear");
    expect((await visitor.get(callback)).status).toBe(400);
  });

  it("empties the browser's cache even if the demo knows no such visitor", async () => {
    const { headers } = await browser().post("/clear");
    expect(headers.get("clear-site-data")).toBe('"cache"');
    expect(headers.getSetCookie()).toEqual([]);
  });
});

describe("two callbacks at the same time", () => {
  /** Sends the callbacks of two tabs at the same time; each tab has its own copy of the cookies. */
  async function twoTabs(): Promise<{ tabs: PlainBrowser[]; answers: Response[]; late: string }> {
    const visitor = browser();
    const callbacks = [
      await allow(await visitor.signIn("github")),
      await allow(await visitor.signIn("facebook")),
    ];
    const tabs = callbacks.map(() => copyOf(visitor));
    const answers = await Promise.all(tabs.map((tab, index) => tab.get(callbacks[index] ?? "")));
    const late = callbacks[answers.findIndex(({ status }) => status !== 303)] ?? "";
    return { tabs, answers, late };
  }

  it("leave the visitor with one ID", async () => {
    const { answers } = await twoTabs();
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toHaveLength(1);
  });

  it("both succeed when the browser sends the second again", async () => {
    const { tabs, answers, late } = await twoTabs();
    const winner = tabs[answers.findIndex(({ status }) => status === 303)] as PlainBrowser;
    expect((await winner.get(late)).status).toBe(303);
    expect([await sees(winner, "github"), await sees(winner, "facebook")]).toEqual([true, true]);
  });

  it.each(["victim", "attacker"])(
    "show no account to an attacker who planted the ID, if the %s comes first",
    async (first) => {
      const attacker = browser();
      const planted = await allow(await attacker.signIn("facebook"));
      const victim = copyOf(attacker);
      const callback = await allow(await victim.signIn("github"));
      const send = [() => victim.get(callback), () => attacker.get(planted)];
      if (first === "attacker") send.reverse();
      await Promise.all(send.map((each) => each()));
      expect(await sees(attacker, "github")).toBe(false);
      expect(await sees(victim, "facebook")).toBe(false);
    },
  );

  it("count as one of the thousand visitors that the demo keeps", async () => {
    const oldest = await signedIn("github");
    await addVisitors(998);
    await twoTabs();
    expect(await sees(oldest, "github")).toBe(true);
  });
});

describe("a sign-in that fails", () => {
  it("keeps the visitor's other tokens, under a new ID", async () => {
    const visitor = await signedIn("facebook");
    const before = copyOf(visitor);
    const denied = await decide(await visitor.signIn("github"), "deny");
    await visitor.get(callbackOf(denied));
    expect(await (await visitor.get("/")).text()).toContain("ACCESS_DENIED");
    expect([await sees(visitor, "facebook"), await sees(before, "facebook")]).toEqual([
      true,
      false,
    ]);
  });
});

describe("a callback that belongs to no sign-in of the browser", () => {
  it.each([
    "/callback/github?code=x&state=somebody-elses",
    "/callback/google?error=access_denied",
    "/callback/facebook?error=x&state=",
  ])("is a page of its own, and changes nothing: %s", async (forged) => {
    const visitor = await signedIn("github");
    await visitor.signIn("facebook");
    const before = await (await visitor.get("/export.json")).text();
    const { status, headers } = await visitor.get(forged);
    expect([status, headers.getSetCookie()]).toEqual([400, []]);
    const page = await (await visitor.get(forged)).text();
    expect(page).toContain("This callback is not yours");
    expect(page).toContain('href="/">Back to the playground</a>');
    expect(await (await visitor.get("/export.json")).text()).toBe(before);
  });

  it("is told apart from one that was used before", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("github"));
    await visitor.get(callback);
    const before = await (await visitor.get("/export.json")).text();
    const replayed = await visitor.get(callback);
    expect([replayed.status, replayed.headers.getSetCookie()]).toEqual([400, []]);
    expect(await replayed.text()).toContain("CALLBACK_REPLAYED");
    expect(await (await visitor.get("/export.json")).text()).toBe(before);
  });
});

describe("the cookie's name", () => {
  it("has the port, because browsers send a cookie to every port of a host", async () => {
    const other = await serveDemo();
    const visitor = await signedIn("github");
    const port = new URL(demo.url).port;
    expect([...visitor.cookies.keys()]).toEqual([`grantkit-demo-${port}`]);
    // The same browser, at the other demo.
    const there = new PlainBrowser(other.url);
    for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
    await there.signIn("github");
    await other.stop();
    for (const [name, value] of there.cookies) visitor.cookies.set(name, value);
    expect(await sees(visitor, "github")).toBe(true);
  });

  it("has the port over https too, unless it is the default", async () => {
    const secure = await serveDemo({}, "https://demo.example.com:8443");
    const { headers } = await secure.app.request("/run/github/authorization-code", {
      method: "POST",
      headers: { host: "demo.example.com:8443", "sec-fetch-site": "same-origin" },
    });
    await secure.stop();
    expect(headers.getSetCookie()[0]).toMatch(/^__Host-grantkit-demo-8443=/);
  });
});

describe("the poll for a sign-in on another device", () => {
  it("ends when the visitor has been idle for an hour, whoever comes next", async () => {
    const clock = new FakeClock();
    const visitors = new Visitors("http://localhost:3000", () => clock.now());
    const app = new Hono();
    const stopped: string[] = [];
    app.post("/:name", (c) => {
      const stop = (): unknown => stopped.push(c.req.param("name"));
      const { runs } = visitors.findOrCreate(c);
      const target = { id: "github", faults: [] } as unknown as Target;
      const run = runs.begin(target, {} as Flow, new FormValues());
      runs.add(run);
      run.device = { stop } as unknown as DeviceSignIn;
      return c.body(null);
    });
    for (const name of ["first", "second", "third"]) {
      await app.request(name, { method: "POST" });
      clock.advance(HOUR / 2 + 1);
    }
    expect(stopped).toEqual(["first"]);
  });
});
