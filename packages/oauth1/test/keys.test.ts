import { createPrivateKey, verify as nodeVerify } from "node:crypto";
import { expect, it, jest } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import { cryptoKey, PRIVATE_PEM, RSA } from "./support/keys.ts";
import { baseStringOf, headerParameter } from "./support/requests.ts";

const REQUEST = { url: "https://api.example.com/?a=b" };
const ONCE = { clientKey: "key", nonce: "n", timestamp: 1 };

const FORMS: [string, () => unknown][] = [
  ["PKCS #8 PEM", () => PRIVATE_PEM],
  ["PKCS #1 PEM", () => RSA.privateKey.export({ type: "pkcs1", format: "pem" })],
  [
    "PEM on one line, as an environment variable has it",
    () => PRIVATE_PEM.replaceAll("\n", String.raw`\n`),
  ],
  ["PEM with white space around it", () => `\n ${PRIVATE_PEM} \n`],
  ["JWK", () => RSA.privateKey.export({ format: "jwk" })],
  [
    "JWK that was made for something else",
    () => ({
      ...RSA.privateKey.export({ format: "jwk" }),
      alg: "RS512",
      use: "enc",
      key_ops: ["decrypt"],
    }),
  ],
  ["KeyObject", () => RSA.privateKey],
  ["CryptoKey", () => cryptoKey("private")],
];

it.each(FORMS)("%s signs like every other form of the key", async (_what, key) => {
  const privateKey = (await key()) as string;
  const { headers } = await sign(REQUEST, { ...ONCE, signatureMethod: "RSA-SHA256", privateKey });
  const signature = headerParameter(headers, "oauth_signature") ?? "";
  const { text } = await baseStringOf(REQUEST, ONCE);
  const baseString = Buffer.from(text.replace("BASE-STRING", "RSA-SHA256"));
  expect(nodeVerify("sha256", baseString, RSA.publicKey, Buffer.from(signature, "base64"))).toBe(
    true,
  );
});

it.each(["RSA-SHA1", "RSA-SHA512"] as const)(
  "a CryptoKey of its digest signs %s",
  async (signatureMethod) => {
    const hash = signatureMethod.replace("RSA-SHA", "SHA-");
    const privateKey = (await cryptoKey("private", { hash })) as never;
    const ofPem = await sign(REQUEST, { ...ONCE, signatureMethod, privateKey: PRIVATE_PEM });
    expect(await sign(REQUEST, { ...ONCE, signatureMethod, privateKey })).toEqual(ofPem);
  },
);

it("a PEM or JWK is imported once, and the most recently used keys are kept", async () => {
  const crypto = process.getBuiltinModule("node:crypto");
  const read = jest.spyOn(crypto, "createPrivateKey");
  try {
    const credentials = { ...ONCE, signatureMethod: "RSA-SHA1" } as const;
    const pem = `${PRIVATE_PEM}\n\n`;
    for (let count = 0; count < 20; count += 1)
      await sign(REQUEST, { ...credentials, privateKey: pem });
    expect(read).toHaveBeenCalledTimes(1);
    const jwk = createPrivateKey(PRIVATE_PEM).export({ format: "jwk" }) as never;
    read.mockClear();
    for (let count = 0; count < 20; count += 1)
      await sign(REQUEST, { ...credentials, privateKey: jwk });
    expect(read).toHaveBeenCalledTimes(1);
    read.mockClear();
    // 40 more texts of the one key: the first is pushed out, the last is still there.
    for (let count = 3; count < 43; count += 1) {
      await sign(REQUEST, { ...credentials, privateKey: PRIVATE_PEM + "\n".repeat(count) });
    }
    expect(read).toHaveBeenCalledTimes(40);
    await sign(REQUEST, { ...credentials, privateKey: PRIVATE_PEM + "\n".repeat(42) });
    expect(read).toHaveBeenCalledTimes(40);
    await sign(REQUEST, { ...credentials, privateKey: pem });
    expect(read).toHaveBeenCalledTimes(41);
  } finally {
    read.mockRestore();
  }
});
