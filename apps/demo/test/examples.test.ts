import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

const FOLDER = join(import.meta.dirname, "../../../examples/src");
/** They are discovered: issuers to type in. */
const DISCOVERED = ["keycloak.ts", "okta.ts"];

let demo: ServedDemo;

beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  expect(demo.failures).toEqual([]);
  await demo.stop();
});

describe("the providers of examples/", () => {
  it("are all in the list", () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
    const listed = demo.targets.filter(({ kind }) => kind === "example");
    expect(listed.map(({ id }) => `${id.replace("-by-data", "")}.ts`)).toEqual(
      files.filter((name) => !DISCOVERED.includes(name)).toSorted(),
    );
  });

  it("have IDs that no other target has", () => {
    const ids = demo.targets.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("send the browser nowhere until an app is typed in", async () => {
    const { headers } = await new PlainBrowser(demo.url).get("/");
    const policy = headers.get("content-security-policy");
    expect(policy).not.toContain("discord");
  });

  it("sign in with an app of the person's own, for that person", async () => {
    const browser = new PlainBrowser(demo.url);
    const before = await (await browser.get("/?provider=shopify")).text();
    expect(before).toContain(`${demo.url}/callback/shopify`);
    expect(before).toContain("Type in your client ID");
    const form = new URLSearchParams({ client_id: "my-app", parameter: "my-shop" });
    const { headers } = await browser.post("/targets/shopify/registration", {}, form);
    expect(headers.get("location")).toBe("/?provider=shopify");
    expect(await browser.signIn("shopify")).toContain(
      "https://my-shop.myshopify.com/admin/oauth/authorize?",
    );
    const page = await browser.get("/?provider=shopify");
    expect(page.headers.get("content-security-policy")).toContain("https://my-shop.myshopify.com");
    const other = new PlainBrowser(demo.url);
    expect(await (await other.get("/?provider=shopify")).text()).not.toContain("my-shop");
    await browser.post("/targets/shopify/remove");
    expect(await (await browser.get("/?provider=shopify")).text()).toContain(
      "Type in your client ID",
    );
  });

  it("say what is wrong with the value that they need", async () => {
    const form = new URLSearchParams({ client_id: "my-app", parameter: "my shop" });
    const browser = new PlainBrowser(demo.url);
    const response = await browser.post("/targets/shopify/registration", {}, form);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("shop must be a name");
  });
});
