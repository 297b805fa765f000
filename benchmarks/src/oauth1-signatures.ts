import { createHmac } from "node:crypto";
import { sign } from "@grantkit/oauth1";
import OAuth from "oauth-1.0a";
import { interleaved, type Side } from "./interleaved.ts";
import { CLIENT, REQUEST, rsaPems, TOKEN } from "./oauth1-data.ts";
import { pythonSide, signatureCheck, signingRow } from "./oauth1-signing.ts";
import { startOauthlib } from "./oauthlib.ts";
import { signingSide } from "./signing-side.ts";
import type { Row } from "./table.ts";

const BATCH = 1000;
/** oauthlib is slower by so much that this takes as long. */
const PYTHON_BATCH = 100;
const LENGTH = { warmUp: 5, rounds: 25 };
const METHOD = "HMAC-SHA1";

/** HMAC-SHA1 signatures per second, of a request with a query and a form. */
export async function oauth1Signatures(): Promise<Row[]> {
  const { privatePem, publicPem } = rsaPems();
  const body = new URLSearchParams(REQUEST.form).toString();
  const oauthlib = await startOauthlib({
    client: CLIENT,
    token: TOKEN,
    request: { ...REQUEST, body },
    privatePem,
    baseString: "",
  });
  const check = signatureCheck(publicPem);
  const ours = signingSide("sign()", BATCH, grantkit(), check);
  const npm = signingSide("oauth-1.0a", BATCH, oauth10a(), check);
  const again = signingSide("oauth-1.0a again", BATCH, oauth10a(), check);
  const python = pythonSide(
    oauthlib,
    { name: oauthlib?.name ?? "", way: METHOD, count: PYTHON_BATCH },
    check,
  );
  try {
    const sides: Side[] = [ours, npm, again, ...(python ? [python] : [])];
    const figures = await interleaved(sides, LENGTH);
    return [
      signingRow(figures, METHOD, { ours, peer: npm }, { atLeast: 1 }),
      signingRow(figures, METHOD, { ours: again, peer: npm }),
      signingRow(figures, METHOD, { ours, peer: python, missing: "oauthlib" }, { atLeast: 20 }),
    ];
  } finally {
    oauthlib?.close();
  }
}

function grantkit(): () => Promise<string> {
  const { method, url, form } = REQUEST;
  const credentials = { ...CLIENT, ...TOKEN };
  return async () => {
    const { headers } = await sign({ method, url, body: form }, credentials);
    return headers["Authorization"] ?? "";
  };
}

/** As its README has it. */
function oauth10a(): () => string {
  const oauth = new OAuth({
    consumer: { key: CLIENT.clientKey, secret: CLIENT.clientSecret },
    signature_method: METHOD,
    hash_function: (text, key) => createHmac("sha1", key).update(text).digest("base64"),
  });
  const token = { key: TOKEN.resourceOwnerKey, secret: TOKEN.resourceOwnerSecret };
  const { method, url, form } = REQUEST;
  // A copy: it writes the parameters of the query into the form that it is given.
  return () =>
    oauth.toHeader(oauth.authorize({ method, url, data: { ...form } }, token)).Authorization;
}
