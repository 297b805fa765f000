import { sign, verify } from "@grantkit/oauth1";
import { interleaved } from "./interleaved.ts";
import { CLIENT, REQUEST, TOKEN } from "./oauth1-data.ts";
import { perSecond } from "./rates.ts";
import { figureRow, type Row } from "./table.ts";

const BATCH = 1000;
const LENGTH = { warmUp: 5, rounds: 25 };

/** HMAC-SHA1 signatures verified per second: each with a nonce of its own, which is remembered. */
export async function oauth1Verifications(): Promise<Row[]> {
  const name = "verify()";
  const figures = await interleaved([{ name, batch }], LENGTH);
  const ours = figures.get(name) ?? [];
  return [figureRow({ benchmark: `HMAC-SHA1: ${name}`, ours, format: perSecond })];
}

async function batch(): Promise<number> {
  const credentials = { ...CLIENT, ...TOKEN };
  const { method, url, form } = REQUEST;
  const requests = await Promise.all(
    Array.from({ length: BATCH }, () => sign({ method, url, body: form }, credentials)),
  );
  const start = process.hrtime.bigint();
  for (const { headers, body } of requests) {
    const { parameters } = await verify({ method, url, headers, body }, () => credentials);
    if (parameters.get("status") !== form.status) throw new Error("verify(): a wrong answer");
  }
  return BATCH / (Number(process.hrtime.bigint() - start) / 1e9);
}
