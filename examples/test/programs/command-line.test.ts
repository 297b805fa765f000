// Takes some seconds: many processes start, and the device flow waits a second between two polls.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { ExampleProgram } from "../support/example-program.ts";

const COPIES = 7;

let program: ExampleProgram;
let emulator: GitHubEmulator;
let home: string;
let count = 0;

beforeAll(() => {
  program = new ExampleProgram("command-line");
});
afterAll(() => program.close());

beforeEach(async () => {
  count += 1;
  home = join(program.folder, `home-${count}`);
  emulator = await startGitHub({
    expiringTokens: true,
    refreshTokenReuse: "revokes-family",
    deviceInterval: 1,
  });
});
afterEach(() => emulator.close());

/** Starts a command, as a user whose home is a folder of this test. */
const start = (command: string, clientId = emulator.clientId) =>
  program.start(
    {
      GITHUB_CLIENT_ID: clientId,
      GITHUB_ENDPOINTS: JSON.stringify(emulator.endpoints),
      HOME: home,
      LOCALAPPDATA: home,
      XDG_STATE_HOME: home,
    },
    command,
  );
const run = (command: string) => start(command).ended;

async function signIn(): Promise<void> {
  const login = start("login");
  const line = await login.firstLine();
  const { origin } = emulator;
  expect(line).toMatch(new RegExp(`^Open ${origin}/login/device and enter [\\w-]+$`));
  await emulator.approveDevice(line.split(" ").at(-1) ?? "", { user: "ada-l" });
  const { status, lines } = await login.ended;
  expect({ status, last: lines.at(-1) }).toEqual({
    status: 0,
    last: "You are signed in as ada-l.",
  });
}

const refreshes = () =>
  emulator.requests.filter(({ body }) => body["grant_type"] === "refresh_token").length;

it("signs in once, and other copies find the token", async () => {
  await signIn();
  expect(await run("whoami")).toEqual({ status: 0, lines: ["ada-l (Ada Lovelace)"] });
  expect(refreshes()).toBe(0);
});

it("refreshes an expired token once for seven copies that run at once", async () => {
  await signIn();
  for (let round = 1; round <= 2; round += 1) {
    emulator.expireAccessTokens();
    const copies = await Promise.all(Array.from({ length: COPIES }, () => run("whoami")));
    expect(copies).toEqual(copies.map(() => ({ status: 0, lines: ["ada-l (Ada Lovelace)"] })));
    expect(refreshes()).toBe(round);
  }
});

it("signs out all copies", async () => {
  await signIn();
  expect(await run("logout")).toMatchObject({
    status: 0,
    lines: [expect.stringMatching(/^You are signed out\./)],
  });
  expect(await run("whoami")).toEqual({
    status: 1,
    lines: ["You are not signed in. Run: command-line login"],
  });
  expect(await run("logout")).toEqual({ status: 0, lines: ["You were not signed in."] });
});

it("says how to replace a damaged token", async () => {
  await signIn();
  const tokens = readdirSync(home, { recursive: true, encoding: "utf8" });
  for (const file of tokens.filter((name) => name.endsWith(".json"))) {
    truncateSync(join(home, file), 20);
  }
  expect(await run("whoami")).toEqual({
    status: 1,
    lines: ["The saved sign-in is damaged. Run: command-line logout, and then command-line login"],
  });
  expect(await run("logout")).toMatchObject({ status: 0 });
  await signIn();
});

it.each([true, false])(
  "says what to do when the user withdrew the access at GitHub (tokens expire: %s)",
  async (expiringTokens) => {
    emulator.configure({ expiringTokens });
    await signIn();
    const { clientId, clientSecret, endpoints } = emulator;
    const accessToken = emulator.requests.at(-1)?.headers["authorization"]?.split(" ")[1] ?? "";
    await new GitHubClient({ clientId, clientSecret, endpoints }).deleteGrant({ accessToken });
    expect(await run("whoami")).toEqual({
      status: 1,
      lines: ["GitHub has ended your sign-in. Run: command-line login"],
    });
  },
);

it("says what to do when the user denies access", async () => {
  const login = start("login");
  const code = (await login.firstLine()).split(" ").at(-1) ?? "";
  await emulator.approveDevice(code, { deny: true });
  expect(await login.ended).toMatchObject({
    status: 1,
    lines: [expect.anything(), "You denied the access, and nothing was saved."],
  });
});

it("says what is wrong with its use, and with its set-up", async () => {
  const usage = "Usage: command-line login | whoami | logout";
  expect(await run("help")).toEqual({ status: 2, lines: [usage] });
  expect(await start("login", "").ended).toEqual({
    status: 1,
    lines: ["The client cannot be used:", expect.stringMatching(/clientId is missing/)],
  });
  await emulator.close();
  expect(await run("login")).toEqual({
    status: 1,
    lines: ["GitHub cannot be reached. Look at your connection, and try again."],
  });
});
