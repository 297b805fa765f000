import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { doctor } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";
import { temporaryFolder } from "./support/processes.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const key = "user-1";
const token = { accessToken: "at-canary-1", refreshToken: "rt-canary-1" };
let store: FileTokenStore;
let version: string | undefined;
let file: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  const directory = join(folder, String(count));
  store = new FileTokenStore({ directory });
  version = await store.compareAndSet(key, undefined, token);
  const [name = ""] = readdirSync(directory).filter((each) => each.endsWith(".json"));
  file = join(directory, name);
});

const text = () => readFileSync(file, "utf8");
const damages: [string, () => void, RegExp][] = [
  ["is cut off", () => truncateSync(file, 60), /not JSON/],
  ["is empty", () => truncateSync(file, 0), /not JSON/],
  ["is null", () => writeFileSync(file, "null"), /not JSON/],
  ["has no key", () => writeFileSync(file, '{"format":1}'), /no key/],
  ["has no token", () => writeFileSync(file, text().replace('"token"', '"x"')), /no token/],
  ["has another format", () => writeFileSync(file, '{"format":99}'), /another version/],
  [
    "belongs to another key",
    () => writeFileSync(file, text().replace("user-1", "user-2")),
    /another key/,
  ],
];

describe("a record", () => {
  it.each(damages)("that %s is RECORD_UNREADABLE, and it is kept", async (_, damage, message) => {
    damage();
    const before = text();
    const unreadable = {
      code: "RECORD_UNREADABLE",
      retryable: false,
      message: expect.stringMatching(`"user-1" .*${message.source}.* left as it is.*${file}`),
    };
    await expect(store.get(key)).rejects.toMatchObject(unreadable);
    for (const expected of [version, undefined]) {
      await expect(store.compareAndSet(key, expected, token)).rejects.toMatchObject(unreadable);
    }
    await expect(store.delete(key, version ?? "")).rejects.toMatchObject(unreadable);
    const error: unknown = await store.get(key).catch((thrown: unknown) => thrown);
    expect(String((error as Error).stack)).not.toContain("canary");
    expect(text()).toBe(before);
  });

  it.each(damages)("that %s is not listed, and doctor() reports it", async (_, damage, message) => {
    await store.compareAndSet("user-3", undefined, token);
    damage();
    const before = text();
    await store.check();
    expect(await store.keys()).toEqual({ keys: ["user-3"] });
    const found = await doctor(store);
    expect(found.filter(({ code }) => code !== "NO_PERSISTENCE")).toEqual([
      {
        code: "RECORD_UNREADABLE",
        message: expect.stringMatching(`${file} .*${message.source}`),
        losesTokens: true,
      },
    ]);
    expect(JSON.stringify(found)).not.toContain("canary");
    expect(text()).toBe(before);
  });

  it.each(damages)("that %s is deleted by delete() without a version", async (_, damage) => {
    damage();
    expect(await store.delete(key)).toBe(true);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.delete(key)).toBe(false);
    expect(await store.compareAndSet(key, undefined, token)).toEqual(expect.any(String));
  });
});

it("a cursor of another store is refused: an empty page would hide every key", async () => {
  for (const cursor of ["user-1", "zzz"]) {
    const listing = store.keys({ cursor });
    await expect(listing).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  }
});

it("a record that JSON cannot hold rejects the write, which changes nothing", async () => {
  const unwritable = { ...token, raw: { count: 1n } };
  await expect(store.compareAndSet(key, version, unwritable)).rejects.toThrow(TypeError);
  expect(await store.get(key)).toEqual({ token, version });
});

it("a record that was copied to another key's place is listed once", async () => {
  await store.compareAndSet("", undefined, token);
  const names = readdirSync(store.directory).filter((name) => name.endsWith(".json"));
  const other = names.map((name) => join(store.directory, name)).find((path) => path !== file);
  copyFileSync(file, other ?? "");
  expect(await store.keys()).toEqual({ keys: [key] });
  await expect(store.get("")).rejects.toMatchObject({ code: "RECORD_UNREADABLE" });
});
