import { spawn } from "node:child_process";

/** The command of each platform that opens an address in the user's browser; the address is the last argument. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  // Not `cmd /c start`: it takes the "&" of an address for the end of the command.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens an address in the user's browser.
 *
 * @throws Error when the platform has no command for it.
 */
export async function openSystemBrowser(url: string): Promise<void> {
  const [command = "", ...rest] = COMMANDS[process.platform] ?? ["xdg-open"];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, [...rest, url], { stdio: "ignore", detached: true });
    child.once("error", reject);
    child.once("spawn", () => {
      // The browser outlives this program.
      child.unref();
      resolve();
    });
  });
}
