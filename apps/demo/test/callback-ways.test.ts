import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Browser } from "../../../packages/core/test/support/browser.ts";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);
const CROSS_SITE = { "sec-fetch-site": "cross-site" };

/** Signs in at the local server as its pages do, and returns the form that it posts. */
async function postedForm(visitor: PlainBrowser): Promise<URLSearchParams> {
  const url = await visitor.signIn("local", { response_mode: "form_post", scope: "openid" });
  const { form } = await new Browser("ada").open(url, { account: "ada", allow: "yes" });
  return form ?? new URLSearchParams();
}

/** Posts a callback without cookies, as a browser does from another site, and returns where it leads. */
async function postCallback(form: URLSearchParams): Promise<string> {
  const answer = await browser().post("/callback/local", CROSS_SITE, form);
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
}

describe("a callback by POST", () => {
  it("reaches its visitor by a redirect that has nothing of it, and once", async () => {
    const visitor = browser();
    const location = await postCallback(await postedForm(visitor));
    expect(location).toMatch(/^\/callback\/local\?posted=[\w-]{22}$/);
    const done = await visitor.get(location);
    expect([done.status, done.headers.get("location")]).toEqual([
      303,
      "/?provider=local&flow=authorization-code#result",
    ]);
    expect(await (await visitor.get("/")).text()).toContain("Signed in");
    expect((await visitor.get(location)).status).toBe(400);
  });

  it("is refused in another browser", async () => {
    const location = await postCallback(await postedForm(browser()));
    const answer = await browser().get(location);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("STATE_MISMATCH"),
    ]);
  });

  it("is not kept when it is huge, and pushes out the oldest of many", async () => {
    const visitor = browser();
    const form = await postedForm(visitor);
    form.set("padding", "x".repeat(20_000));
    expect((await visitor.get(await postCallback(form))).status).toBe(400);
    form.delete("padding");
    const location = await postCallback(form);
    for (let count = 0; count < 50; count += 1) await postCallback(new URLSearchParams("x=1"));
    expect((await visitor.get(location)).status).toBe(400);
  });
});

describe("a callback with a fragment", () => {
  const begin = async (visitor: PlainBrowser): Promise<URL> => {
    const { headers } = await visitor.post("/run/facebook/implicit");
    return new URL(await allow(headers.get("location") ?? ""), demo.url);
  };

  it("gets the page that asks for it only while one is expected", async () => {
    const visitor = browser();
    expect((await visitor.get("/callback/facebook")).status).toBe(400);
    await begin(visitor);
    expect(await (await visitor.get("/callback/facebook")).text()).toContain("sent you back");
    expect((await visitor.get("/callback/google")).status).toBe(400);
  });

  it("cannot be handed on from another site, and must be an address", async () => {
    const visitor = browser();
    await begin(visitor);
    const body = new URLSearchParams({ url: "nonsense" });
    const path = "/callback/facebook/fragment";
    expect((await visitor.post(path, CROSS_SITE, body)).status).toBe(403);
    const wrong = await visitor.post(path, {}, body);
    expect([wrong.status, await wrong.text()]).toEqual([
      400,
      expect.stringContaining("not an address"),
    ]);
  });
});
