import { createPrivateKey, type KeyLike, sign as nodeSign } from "node:crypto";
import { type OAuth1Credentials, sign } from "@grantkit/oauth1";
import { interleaved, type Side } from "./interleaved.ts";
import { CLIENT, REQUEST, rsaPems, TOKEN } from "./oauth1-data.ts";
import { pythonSide, signatureCheck, signingRow } from "./oauth1-signing.ts";
import { startOauthlib } from "./oauthlib.ts";
import { type Check, signingSide } from "./signing-side.ts";
import type { Row } from "./table.ts";

const BATCH = 60;
/** oauthlib reads the key for each signature, which takes it ten times as long as to sign. */
const OAUTHLIB_BATCH = 4;
const LENGTH = { warmUp: 3, rounds: 25 };
const METHOD = "RSA-SHA1";

/** As long as that of the request that is signed. */
const BASE_STRING = "x".repeat(700);

/** RSA-SHA1 signatures per second with a key of 2048 bits, and what it does to read the key each time. */
export async function oauth1RsaSignatures(): Promise<Row[]> {
  const { privatePem, publicPem } = rsaPems();
  const body = new URLSearchParams(REQUEST.form).toString();
  const oauthlib = await startOauthlib({
    client: CLIENT,
    token: TOKEN,
    request: { ...REQUEST, body },
    privatePem,
    baseString: BASE_STRING,
  });
  const key = createPrivateKey(privatePem);
  const headers = signatureCheck(publicPem);
  const bare = sameSignatures(bareSignature(key));
  const ours = signingSide("sign()", BATCH, grantkit(privatePem), headers);
  const cached = signingSide("crypto.sign", BATCH, () => bareSignature(key), bare);
  const again = signingSide("crypto.sign again", BATCH, () => bareSignature(key), bare);
  const parsed = signingSide(
    "crypto.sign, PEM read each time",
    BATCH,
    () => bareSignature(privatePem),
    bare,
  );
  const python = pythonSide(
    oauthlib,
    { name: oauthlib?.name ?? "", way: METHOD, count: OAUTHLIB_BATCH },
    headers,
  );
  const pythonCached = pythonSide(
    oauthlib,
    { name: "Python's cryptography", way: `${METHOD}, key read once`, count: BATCH },
    bare,
  );
  const sides = [ours, cached, again, parsed, python, pythonCached];
  try {
    const figures = await interleaved(
      sides.filter((side): side is Side => side !== undefined),
      LENGTH,
    );
    const row = (left: Side, peer: Side | undefined, missing?: string): Row =>
      signingRow(figures, METHOD, { ours: left, peer, ...(missing !== undefined && { missing }) });
    return [
      signingRow(figures, METHOD, { ours, peer: cached }, { atLeast: 0.9 }),
      row(again, cached),
      row(ours, parsed),
      row(ours, python, "oauthlib"),
      row(ours, pythonCached, "Python's cryptography"),
    ];
  } finally {
    oauthlib?.close();
  }
}

function grantkit(privateKey: string): () => Promise<string> {
  const { method, url, form } = REQUEST;
  const credentials: OAuth1Credentials = {
    clientKey: CLIENT.clientKey,
    ...TOKEN,
    signatureMethod: METHOD,
    privateKey,
  };
  return async () => {
    const { headers } = await sign({ method, url, body: form }, credentials);
    return headers["Authorization"] ?? "";
  };
}

/** The one step that nobody can do without. */
function bareSignature(key: KeyLike): string {
  return nodeSign("sha1", Buffer.from(BASE_STRING), key).toString("base64");
}

/** RSASSA-PKCS1-v1_5 has no chance in it: all signatures of a text are the same. */
function sameSignatures(expected: string): Check {
  return (name, signatures) => {
    if (signatures.every((signature) => signature === expected)) return Promise.resolve();
    throw new Error(`${name}: a wrong signature`);
  };
}
