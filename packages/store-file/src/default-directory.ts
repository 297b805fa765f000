import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Finds the folder in which the platform wants an app's own state: of the user, and of this machine only. Two machines
 * that share a rotating refresh token end each other's sign-in.
 */
export function defaultDirectory(app: string): string {
  if (process.platform === "darwin") {
    return join(homedir(), "Library", "Application Support", app, "tokens");
  }
  const isWindows = process.platform === "win32";
  // The XDG Base Directory Specification: a relative path is ignored.
  const given = process.env[isWindows ? "LOCALAPPDATA" : "XDG_STATE_HOME"] ?? "";
  const usual = isWindows ? ["AppData", "Local"] : [".local", "state"];
  return join(isAbsolute(given) ? given : join(homedir(), ...usual), app, "tokens");
}
