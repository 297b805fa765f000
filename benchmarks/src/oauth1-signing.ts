import { verify } from "@grantkit/oauth1";
import { CLIENT, REQUEST, TOKEN } from "./oauth1-data.ts";
import type { Figures, Side } from "./interleaved.ts";
import type { Oauthlib } from "./oauthlib.ts";
import { perSecond } from "./rates.ts";
import type { Check } from "./signing-side.ts";
import { type Aim, comparisonRow, type Row } from "./table.ts";

/** The same in Python; undefined where that is not on the machine. */
export function pythonSide(
  oauthlib: Oauthlib | undefined,
  { name, way, count }: { readonly name: string; readonly way: string; readonly count: number },
  check: Check,
): Side | undefined {
  if (!oauthlib?.ways.includes(way)) return undefined;
  return {
    name,
    async batch() {
      const { seconds, signatures } = await oauthlib.sign(way, count);
      await check(name, signatures);
      return count / seconds;
    },
  };
}

/** A row of signatures per second. */
export function signingRow(
  figures: ReadonlyMap<string, Figures>,
  method: string,
  sides: { readonly ours: Side; readonly peer: Side | undefined; readonly missing?: string },
  aim?: Aim,
): Row {
  const { ours, peer, missing } = sides;
  if (!peer) return missingRow(`${method}: ${ours.name} / ${missing ?? ""}`);
  return comparisonRow({
    benchmark: `${method}: ${ours.name} / ${peer.name}`,
    ours: figures.get(ours.name) ?? [],
    peer: figures.get(peer.name) ?? [],
    format: perSecond,
    ...(aim && { aim }),
  });
}

function missingRow(benchmark: string): Row {
  const peer = "not on this machine";
  return { benchmark, ours: "–", peer, ratio: "–", spread: "–", aim: "–", met: undefined };
}

/** Checks `Authorization` headers: each is that client's and that user's signature of the request, its nonce a new one. */
export function signatureCheck(publicPem: string): Check {
  const credentials = { ...CLIENT, ...TOKEN, publicKey: publicPem };
  const { method, url, form } = REQUEST;
  return async (name, signatures) => {
    const used = new Set<string | undefined>();
    for (const authorization of signatures) {
      const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
      const body = new URLSearchParams(form).toString();
      // A wrong signature throws, and ends the run.
      const signed = await verify({ method, url, headers, body }, () => credentials, {
        useNonce: false,
      });
      if (signed.parameters.get("status") !== form.status) {
        throw new Error(`${name} signed another request`);
      }
      used.add(signed.nonce);
    }
    if (used.size !== signatures.length) throw new Error(`${name} used a nonce twice`);
  };
}
