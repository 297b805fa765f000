import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import { optionalFields, readsFromPrototype } from "../../core/test/support/prototype-traps.ts";
import { temporaryFolder } from "./support/processes.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

let directory: string;
let store: FileTokenStore;
let file: string;
let count = 0;
const key = "user-1";
const token = { accessToken: "at-canary-1", refreshToken: "rt-canary-1" };

beforeEach(async () => {
  count += 1;
  directory = join(folder, String(count), "tokens");
  store = new FileTokenStore({ directory });
  await store.compareAndSet(key, undefined, token);
  const [name = ""] = readdirSync(directory).filter((each) => each.endsWith(".json"));
  file = join(directory, name);
});

// Windows has no modes and no owners that Node.js can tell, and only an administrator makes a symbolic link there.
const isPosix = process.platform !== "win32";

/** Every call fails with this message, and the file stays as it is. */
async function expectRefused(message: RegExp): Promise<void> {
  const version = "any";
  const fresh = () => new FileTokenStore({ directory });
  const refused = { code: "STORE_FAILED", message: expect.stringMatching(message) };
  await expect(fresh().get(key)).rejects.toMatchObject(refused);
  await expect(fresh().compareAndSet(key, version, token)).rejects.toMatchObject(refused);
  await expect(fresh().delete(key)).rejects.toMatchObject(refused);
}

if (isPosix) {
  it("makes files that only the user can read", () => {
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([modeOf(directory), modeOf(join(directory, "tmp"))]).toEqual(["700", "700"]);
    expect(modeOf(file)).toBe("600");
  });

  describe("refuses", () => {
    it("a record that others can read, and says which chmod mends it", async () => {
      chmodSync(file, 0o640);
      await expectRefused(/chmod 600 '.*\.json'/);
      await expect(store.check()).rejects.toMatchObject({ code: "STORE_FAILED" });
      chmodSync(file, 0o600);
      expect((await store.get(key))?.token).toEqual(token);
      await store.check();
    });

    it("a record that others can read, in a path that has to be quoted", async () => {
      const odd = join(directory, "o'neill $HOME");
      const own = new FileTokenStore({ directory: odd });
      await own.compareAndSet(key, undefined, token);
      chmodSync(odd, 0o750);
      const message = await own.check().then(String, (error: Error) => error.message);
      const [, command = ""] = /Run: (.*) \(and/.exec(message) ?? [];
      execFileSync("/bin/sh", ["-c", command]);
      expect(statSync(odd).mode & 0o777).toBe(0o700);
    });

    it("a folder that others can read, and says which chmod mends it", async () => {
      chmodSync(directory, 0o755);
      await expectRefused(/chmod 700 '.*tokens'.*, or pass a directory that only this app uses/);
      await expect(store.check()).rejects.toThrow(/chmod 700/);
      chmodSync(directory, 0o700);
      await store.check();
    });

    it("a record that is a symbolic link", async () => {
      const target = join(folder, `${count}-target`);
      renameSync(file, target);
      symlinkSync(target, file);
      await expectRefused(/symbolic link\. Run: rm '/);
      await expect(store.check()).rejects.toThrow(/symbolic link/);
      expect(readFileSync(target, "utf8")).toContain(key);
    });

    it("a folder that is a symbolic link", async () => {
      const target = join(folder, `${count}-folder`);
      renameSync(directory, target);
      symlinkSync(target, directory);
      await expectRefused(/symbolic link/);
    });
  });
}

// Only root can give a file away.
if (process.getuid?.() === 0) {
  it("refuses a record and a folder of another user", async () => {
    chownSync(file, 12_345, 12_345);
    await expectRefused(/belongs to another user \(ID 12345\)\. Run: sudo chown 0 '.*\.json'/);
    chownSync(directory, 12_345, 12_345);
    await expectRefused(/belongs to another user.*tokens'/);
  });
}

describe("refuses", () => {
  it("a folder in a path that is a file", async () => {
    directory = join(file, "tokens");
    await expectRefused(/mkdir: (ENOTDIR|EEXIST)/);
  });

  it("a record that is a folder", async () => {
    rmSync(file);
    mkdirSync(file, { mode: 0o700 });
    await expectRefused(/is not a file|EISDIR|EPERM/);
  });
});

describe("options", () => {
  it("do not come from Object.prototype", async () => {
    const names = [...optionalFields("store-file"), "format", "version", "key", "token"];
    const reads = await readsFromPrototype(names, async () => {
      const own = new FileTokenStore({ directory });
      const found = await own.get(key);
      await own.compareAndSet(key, found?.version, token);
      await own.delete(key);
      writeFileSync(file, "{}", { mode: 0o600 });
      await own.get(key).catch(() => undefined);
    });
    expect(names).toContain("app");
    expect(reads).toEqual([]);
  });

  it.each<[object, RegExp]>([
    [{}, /pass app, for example "acme-cli", or directory/],
    [{ app: "a", directory: "/b" }, /not both/],
    [{ app: "../a" }, /app must be a name/],
    [{ directory: "" }, /directory must be the path/],
    [{ path: "/a" }, /path/],
    [{ directory: "/a\0b" }, /directory must be the path/],
  ])("%j throw", (options, message) => {
    expect(() => new FileTokenStore(options)).toThrow(message);
  });

  it.each([undefined, null])("that are %j throw", (options) => {
    expect(() => new FileTokenStore(options as never)).toThrow(/options must be an object/);
  });

  it("app chooses the platform's folder", () => {
    const isWindows = process.platform === "win32";
    const variable = isWindows ? "LOCALAPPDATA" : "XDG_STATE_HOME";
    const before = process.env[variable];
    const found = [resolve("/state"), "relative", ""].map((value) => {
      process.env[variable] = value;
      return new FileTokenStore({ app: "acme-cli" }).directory;
    });
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;

    const usual = join(
      homedir(),
      ...({ darwin: ["Library", "Application Support"], win32: ["AppData", "Local"] }[
        process.platform as string
      ] ?? [".local", "state"]),
    );
    // macOS has no variable for it.
    const given = process.platform === "darwin" ? usual : resolve("/state");
    expect(found).toEqual([given, usual, usual].map((base) => join(base, "acme-cli", "tokens")));
  });
});
