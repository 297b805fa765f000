import { createHmac } from "node:crypto";
import { expect, it } from "@jest/globals";
import { decodeBase64Url, hmacSha256 } from "@grantkit/core/requests";

const SECRET = "a secret \u{1f511}";
const DATA = "the data \u{1f4be}";

it("signs texts and bytes, without Node's crypto and with it", async () => {
  const signatures = async () => {
    const bytes = new TextEncoder().encode(DATA);
    return [
      await hmacSha256(SECRET, DATA, "hex"),
      await hmacSha256(SECRET, bytes, "hex"),
      await hmacSha256(SECRET, DATA, "base64url"),
      await hmacSha256(SECRET, bytes, "base64url"),
    ];
  };
  const [hex, base64url] = (["hex", "base64url"] as const).map((encoding) =>
    createHmac("sha256", SECRET).update(DATA).digest(encoding),
  );
  const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
  Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true });
  try {
    expect(await signatures()).toEqual([hex, hex, base64url, base64url]);
  } finally {
    if (original) Object.defineProperty(process, "getBuiltinModule", original);
  }
  expect(await signatures()).toEqual([hex, hex, base64url, base64url]);
});

it("decodes base64url and base64, with and without padding, and nothing else", () => {
  const text = "\u00ff\u{1f600}>>>???";
  const bytes = Buffer.from(text);
  for (const encoding of ["base64", "base64url"] as const) {
    const encoded = bytes.toString(encoding);
    expect([encoded, encoded.replace(/=+$/, "")].map(decodeBase64Url)).toEqual([text, text]);
  }
  expect(decodeBase64Url("no base64!")).toBeUndefined();
});
