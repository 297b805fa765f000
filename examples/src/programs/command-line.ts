#!/usr/bin/env node
/*
 * A command-line tool whose user signs in with GitHub's device flow. All copies of it that run share one token: when it
 * expires, one of them refreshes it, and the others wait and use the new one.
 *
 *   GITHUB_CLIENT_ID=Iv1.… node command-line.ts login
 */
import { GitHubClient, isOAuthError, type OAuthErrorCode } from "@grantkit/provider-github";
import { FileTokenStore } from "@grantkit/store-file";

const KEY = "github";
const USAGE = "Usage: command-line login | whoami | logout";

// A function, so that the error of a missing ID is told like all others.
const client = new GitHubClient(() => {
  const { GITHUB_CLIENT_ID: clientId = "", GITHUB_ENDPOINTS: endpoints } = process.env;
  // Other endpoints than GitHub's, as JSON: for an emulator.
  return { clientId, ...(endpoints && { endpoints: JSON.parse(endpoints) }) };
});
const store = new FileTokenStore({ app: "grantkit-example" });

const commands: Readonly<Record<string, () => Promise<string>>> = {
  async login() {
    // Before the user goes to a browser: on a disk that cannot be written to, the sign-in would be lost.
    await store.check();
    const device = await client.fetchDeviceAuthorization({ scope: ["read:user"] });
    console.log(`Open ${device.verificationUri} and enter ${device.userCode}`);
    const token = await client.fetchDeviceToken(device);
    const session = await client.storedSession({ store, key: KEY, token });
    const { username } = await session.profile();
    return `You are signed in as ${username}.`;
  },

  async whoami() {
    const session = await client.storedSession({ store, key: KEY });
    const { username, name } = await session.profile();
    return `${username} (${name})`;
  },

  // `session.revoke()` would also end the token at GitHub. That takes the client secret, which a tool on other people's machines
  // cannot keep.
  async logout() {
    const isDeleted = await store.delete(KEY);
    return isDeleted
      ? "You are signed out. To withdraw the app's access, open https://github.com/settings/applications"
      : "You were not signed in.";
  },
};

/** What the user can do about an error. Other errors say it themselves. */
const ADVICE: Partial<Record<OAuthErrorCode, string>> = {
  TOKEN_NOT_FOUND: "You are not signed in. Run: command-line login",
  SESSION_ENDED: "You have signed out meanwhile. Run: command-line login",
  INVALID_GRANT: "GitHub has ended your sign-in. Run: command-line login",
  TOKEN_REJECTED: "GitHub has ended your sign-in. Run: command-line login",
  RECORD_UNREADABLE:
    "The saved sign-in is damaged. Run: command-line logout, and then command-line login",
  ACCESS_DENIED: "You denied the access, and nothing was saved.",
  DEVICE_CODE_EXPIRED: "The code has expired. Run again: command-line login",
  NETWORK_ERROR: "GitHub cannot be reached. Look at your connection, and try again.",
};

const command = commands[process.argv[2] ?? ""];
try {
  if (command) console.log(await command());
  else console.error(USAGE);
  process.exitCode = command ? 0 : 2;
} catch (error) {
  if (!isOAuthError(error)) throw error;
  console.error(ADVICE[error.code] ?? error.message);
  process.exitCode = 1;
}
