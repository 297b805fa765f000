// Takes more than ten seconds on a small machine: Chromium opens real pages, and waits for each of them.
import { beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";
import type { ServedDemo } from "./support.ts";

let page: Page;
let demo: ServedDemo;

const signIn = async (title: string): Promise<void> => {
  await page.goto(demo.url);
  await page.getByRole("button", { name: `Sign in with ${title}` }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.waitForURL(`${demo.url}/account/${title.toLowerCase()}#`);
};
const shown = async (): Promise<string> => page.locator("main").innerText();
const answered = (title: string | RegExp): Promise<void> =>
  page.locator(".result").getByRole("heading", { name: title }).waitFor();

type Picture = { readonly naturalWidth: number };

const PROVIDERS = [
  { title: "Google", placements: ["header"] },
  { title: "GitHub", placements: ["header"] },
  { title: "Facebook", placements: ["header", "query"] },
  { title: "Microsoft", placements: ["header"], hasPicture: false, isRevocable: false },
];

for (const { title, placements, hasPicture = true, isRevocable = true } of PROVIDERS) {
  describeWithChromium(`after a sign-in with ${title} in a browser, the demo`, () => {
    const visit = demoInBrowser("block");
    beforeAll(async () => {
      ({ page, demo } = visit());
      await signIn(title);
    });

    it("shows profile, picture, scopes, expiry and the steps of the sign-in", async () => {
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ada Lovelace");
      const widths = await page
        .locator("img.picture")
        .evaluateAll((all) => all.map((each) => (each as unknown as Picture).naturalWidth > 0));
      expect(widths).toEqual(hasPicture ? [true] : []);
      expect(await page.locator(".scopes li").count()).toBeGreaterThan(0);
      expect(await page.locator("#expiry").innerText()).toMatch(/^in \d/);
      expect(await shown()).toContain("emulator");
      const steps = await page.locator(".exchanges .url").allInnerTexts();
      expect(steps[0]).toMatch(/auth/);
      expect(steps[1]).toBe(`/callback/${title.toLowerCase()}`);
      expect(steps[2]).toMatch(/token/);
    });

    it.each(placements)("calls the API with the token in the %s", async (placement) => {
      await page.getByRole("button", { name: `token in the ${placement}` }).click();
      await answered(new RegExp(`token in the ${placement}$`));
      expect(await page.locator(".result pre.bad").count()).toBe(0);
      await page.locator(".exchanges summary").last().click();
      const exchange = await page.locator(".exchanges li").last().innerText();
      expect(exchange).toContain(
        placement === "query" ? "access_token=" : "Authorization: Bearer ",
      );
    });

    it("refreshes the token", async () => {
      const before = await page.locator("#access-token").innerText();
      await page.getByRole("button", { name: "Refresh the token" }).click();
      await answered("Refreshed");
      expect(await page.locator("#access-token").innerText()).not.toBe(before);
    });

    if (title === "GitHub") {
      it("disables the button for a token in the query, and says why", async () => {
        expect(await page.getByRole("button", { name: "token in the query" }).isDisabled()).toBe(
          true,
        );
        expect(await shown()).toContain("GitHub has refused tokens in URLs");
      });

      it("fits narrow and wide windows, light and dark", async () => {
        await page.getByRole("button", { name: "token in the header" }).click();
        await answered(/token in the header$/);
        await page.locator(".exchanges summary").last().click();
        expect(await widthProblems(page)).toEqual([]);
        await page.goto(demo.url);
        expect(await widthProblems(page)).toEqual([]);
        await page.goto(`${demo.url}/account/github`);
      });
    }

    it("revokes the token, after which nothing is sent any longer", async () => {
      await page.getByRole("button", { name: "Revoke the token" }).click();
      await page.getByRole("heading", { name: "Revoked" }).waitFor();
      const exchanges = page.locator(".exchanges li");
      const sent = await exchanges.count();
      const [last, words] = [await exchanges.last().innerText(), await shown()];
      if (isRevocable) expect(last).toMatch(/revoke|DELETE/);
      else expect(words).toContain("has no way to revoke it");
      await page.getByRole("button", { name: "token in the header" }).click();
      await page.locator(".result pre.bad").waitFor();
      expect(await page.locator(".result pre.bad").innerText()).toContain("SESSION_ENDED");
      expect(await exchanges.count()).toBe(sent);
    });
  });
}

describeWithChromium("with nobody signed in, the demo", () => {
  const visit = demoInBrowser("block");
  beforeAll(() => {
    ({ page, demo } = visit());
  });

  it.each([
    ["Google as a service account", "GET /calendar/v3/users/me/calendarList", "robot"],
    ["Facebook as the app itself", "GET /debug_token", '"is_valid": true'],
  ])("calls the API of %s", async (name, title, text) => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: `Call ${name}` }).click();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Nobody is signed in");
    const result = page.locator(".result");
    expect(await result.getByRole("heading").innerText()).toBe(title);
    expect(await result.locator("pre").innerText()).toContain(text);
    expect(await page.locator(".exchanges .begins").allInnerTexts()).toEqual([name]);
    await page.getByRole("button", { name: "Do it again" }).click();
    expect(await page.locator(".exchanges .begins").count()).toBe(2);
    expect(await widthProblems(page)).toEqual([]);
  });
});

describeWithChromium("the demo in a browser", () => {
  const visit = demoInBrowser();
  beforeEach(() => {
    ({ page, demo } = visit());
  });

  it("keeps visitors signed in with several providers, and signs them out of one", async () => {
    await signIn("GitHub");
    await signIn("Facebook");
    await page.getByRole("link", { name: "Grantkit" }).click();
    expect(await page.getByText("Signed in as Ada Lovelace").count()).toBe(2);
    await page.getByRole("link", { name: "Open account" }).first().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${demo.url}/`);
    expect(await page.getByText("Signed in as Ada Lovelace").count()).toBe(1);
  });

  it("shows a readable page with a way back after a denied consent", async () => {
    await page.goto(demo.url);
    await page.getByRole("button", { name: "Sign in with Facebook" }).click();
    await page.getByRole("button", { name: "Deny" }).click();
    await page.waitForURL(/\/callback\/facebook/);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You denied access");
    await page.getByRole("link", { name: "Start again" }).click();
    expect(await page.getByRole("button", { name: "Sign in with Facebook" }).isVisible()).toBe(
      true,
    );
  });

  it("shows readable pages for a replayed callback, a wrong state and an expired sign-in", async () => {
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/callback/")) callbacks.push(request.url());
    });
    await signIn("Google");
    await page.goto(callbacks[0] as string);
    expect(await shown()).toContain("This callback was already used");
    expect(await shown()).toContain("CALLBACK_REPLAYED");
    await page.goto(`${demo.url}/callback/google?code=x&state=somebody-elses`);
    expect(await shown()).toContain("STATE_MISMATCH");
    await page.goto(demo.url);
    await page.getByRole("link", { name: "Open account at Google" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in with Google" }).click();
    demo.clock.advance(10 * 60_000 + 1000);
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(/\/callback\/google/);
    expect(await shown()).toContain("AUTHORIZATION_REQUEST_EXPIRED");
  });

  it("shows no client secret, no token and no code", async () => {
    const codes: string[] = [];
    page.on("request", (request) => {
      const code = new URL(request.url()).searchParams.get("code");
      if (code) codes.push(code);
    });
    const emulated: string[] = [];
    const { providers } = demo;
    for (const { title } of providers) {
      await signIn(title);
      await page.getByRole("button", { name: "token in the header" }).click();
      await answered(/token in the header$/);
    }
    const names = ["google", "github", "facebook", "microsoft"];
    emulated.push(...names.map((name) => `${name}-emulator-secret`));
    const source = await page.content();
    expect(codes).toHaveLength(4);
    for (const secret of [...codes, ...emulated]) expect(source).not.toContain(secret);
    expect(source).not.toMatch(/gho_\w{20}|ya29\.\w{12}|EAA\w{20}|eyJ[\w-]{30}/);
    expect(source).toMatch(/Bearer eyJh…[\w-]{4}/);
  });
});
