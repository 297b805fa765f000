import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { loopbackSignIn } from "@grantkit/core/node";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { FileTokenStore } from "@grantkit/store-file";
import { demoInBrowser, describeWithChromium, widthProblems } from "./chromium.ts";

describeWithChromium("a tool that signs its user in through a browser", () => {
  const visit = demoInBrowser("block");
  let github: GitHubEmulator;
  beforeAll(async () => {
    github = await startGitHub();
  });
  afterAll(() => github.close());

  const newClient = () => {
    const { clientId, clientSecret, endpoints } = github;
    return new GitHubClient({ clientId, clientSecret, endpoints });
  };
  const begin = (client = newClient()) =>
    loopbackSignIn(client, {
      openBrowser: async (url) => void (await visit().page.goto(url)),
    });

  it("gets the token, and the browser shows that the window can be closed", async () => {
    const { page } = visit();
    const signIn = begin();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect(await page.locator("p").innerText()).toContain("You can close this window");
    expect((await signIn).accessToken).toMatch(/^gh/);
    expect(await widthProblems(page)).toEqual([]);
  });

  it("keeps the token in a file, from which the tool's next command opens its session", async () => {
    const directory = await mkdtemp(join(tmpdir(), "grantkit-cli-"));
    try {
      const client = newClient();
      const login = begin(client).then((token) =>
        client.storedSession({ store: new FileTokenStore({ directory }), key: "github", token }),
      );
      await visit().page.getByRole("button", { name: "Allow" }).click();
      const { token } = await login;

      const store = new FileTokenStore({ directory });
      const next = await newClient().storedSession({ store, key: "github" });
      expect(next.token.accessToken).toBe(token.accessToken);
      expect((await next.get<{ login: string }>("/user")).data.login).toBe("ada-l");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("throws ACCESS_DENIED when the user cancels, and the browser says that the sign-in failed", async () => {
    const { page } = visit();
    const signIn = begin().catch((error: unknown) => error);
    await page.getByRole("button", { name: "Deny" }).click();
    await page.getByRole("heading", { name: "The sign-in failed" }).waitFor();
    expect(await signIn).toMatchObject({ code: "ACCESS_DENIED" });
  });
});
