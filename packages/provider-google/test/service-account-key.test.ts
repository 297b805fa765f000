import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, type ServiceAccountKey, startGoogle } from "@grantkit/emulator";
import { GoogleServiceAccount, type GoogleServiceAccountOptions } from "@grantkit/provider-google";

const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

let emulator: GoogleEmulator;
let key: ServiceAccountKey;
let folder: string;

beforeAll(async () => {
  emulator = await startGoogle();
  key = await emulator.createServiceAccount();
  folder = mkdtempSync(join(tmpdir(), "grantkit-google-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.close();
});

function fileWith(text: string): string {
  const path = join(folder, `${Math.abs(text.length)}.json`);
  writeFileSync(path, text);
  return path;
}

const make = (options: GoogleServiceAccountOptions) =>
  new GoogleServiceAccount({ endpoints: emulator.endpoints, ...options });

it.each<[string, () => GoogleServiceAccountOptions]>([
  ["its parsed JSON", () => ({ key })],
  ["its text", () => ({ key: JSON.stringify(key) })],
  ["its path", () => ({ keyFile: fileWith(JSON.stringify(key)) })],
  [
    "its JSON whose line breaks an environment variable escaped",
    () => ({ key: { ...key, private_key: key.private_key.replaceAll("\n", "\\n") } }),
  ],
])("a service account is made of %s", async (_form, options) => {
  const token = await make(options()).fetchServiceAccountToken({ scope: [CALENDAR] });
  expect(token.scope).toEqual([CALENDAR]);
});

it.each<[string, () => object, RegExp]>([
  ["nothing", () => ({}), /key is missing.*keyFile.*environment variable/],
  ["an empty path", () => ({ keyFile: "" }), /key is missing/],
  ["two keys", () => ({ key, keyFile: "x.json" }), /pass either key or keyFile/],
  ["a list", () => ({ key: [] }), /key must be a service account's key file/],
  ["a number", () => ({ key: 7 }), /key must be a service account's key file/],
  ["a text that is no JSON", () => ({ key: "-----BEGIN CANARY" }), /key is not a JSON object/],
  ["a text that is no object", () => ({ key: '"CANARY"' }), /key is not a JSON object/],
  ["a file that is missing", () => ({ keyFile: "/CANARY/x.json" }), /keyFile cannot be.*ENOENT/],
  [
    "a file that is no JSON",
    () => ({ keyFile: fileWith("{ CANARY") }),
    /keyFile is not a JSON object/,
  ],
  ["a path that is none", () => ({ keyFile: 7 }), /keyFile must be the path of a file/],
  [
    "a file of another kind",
    () => ({ key: { type: "external_account", CANARY: 1 } }),
    /another kind of credential.*GoogleExternalAccount/,
  ],
])(
  "a service account is not made of %s, and the error shows nothing of it",
  (_form, options, problem) => {
    let error: unknown;
    try {
      make(options());
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toMatch(problem);
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
  },
);
