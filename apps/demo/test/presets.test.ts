import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
let browser: PlainBrowser;

beforeAll(async () => {
  demo = await serveDemo({ FACEBOOK_CLIENT_ID: "1", FACEBOOK_CLIENT_SECRET: "env-secret" });
});
afterAll(async () => {
  expect(demo.failures).toEqual([]);
  await demo.stop();
});
beforeEach(() => {
  browser = new PlainBrowser(demo.url);
});

async function resultOf(response: Response): Promise<string> {
  return (await browser.get(response.headers.get("location") ?? "")).text();
}

describe("the presets", () => {
  it.each(["google", "github", "microsoft"])("sign in at the emulator of %s", async (preset) => {
    const callback = await allow(await browser.signIn(preset));
    expect(await resultOf(await browser.get(callback))).toContain("Signed in");
    const page = await resultOf(await browser.post(`/run/${preset}/api-call`));
    expect(page).toContain("The API answered");
  });

  it("are the real providers where the environment has an app", async () => {
    expect(await browser.signIn("facebook")).toContain("https://www.facebook.com/");
  });

  it("are the real providers, too, for a visitor who types in an app", async () => {
    const page = await (await browser.get("/?provider=microsoft")).text();
    expect(page).toContain(`${demo.url}/callback/real-microsoft`);
    const form = new URLSearchParams({ client_id: "my-app", client_secret: "sesame-sesame" });
    const { headers } = await browser.post("/targets/microsoft/registration", {}, form);
    expect(headers.get("location")).toBe("/?provider=real-microsoft");

    const url = new URL(await browser.signIn("real-microsoft"));
    expect(url.origin).toBe("https://login.microsoftonline.com");
    expect(url.searchParams.get("client_id")).toBe("my-app");
    expect(url.searchParams.get("redirect_uri")).toBe(`${demo.url}/callback/real-microsoft`);

    const next = await (await browser.get("/?provider=real-microsoft")).text();
    expect(next).toContain("mark-microsoft");
    expect(next).not.toContain("sesame");
    expect(await browser.signIn("microsoft")).toContain("http://127.0.0.1:");
    const others = await new PlainBrowser(demo.url).post("/run/real-microsoft/authorization-code");
    expect(others.status).toBe(404);
  });

  it("need a client ID to be the real ones", async () => {
    const response = await browser.post("/targets/google/registration", {}, new URLSearchParams());
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("clientId");
  });
});
