import type { Parameter } from "../signing/parameters.ts";
import { percentDecode } from "../signing/percent-encoding.ts";

const PAIR = /\s*([^\s=,"]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * The parameters of an `Authorization: OAuth` header, the realm left out (RFC 5849 §3.5.1, §3.4.1.3.1): none for another
 * scheme or no header, undefined for one that cannot be read.
 */
export function headerParameters(authorization: string | undefined): Parameter[] | undefined {
  const scheme = /^\s*OAuth(?:\s+|$)/i.exec(authorization ?? "");
  if (authorization === undefined || !scheme) return [];
  const text = authorization.slice(scheme[0].length).trimEnd();
  const parameters: Parameter[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, name = "", value = ""] = PAIR.exec(text) ?? [];
    if (name === "") return undefined;
    if (name.toLowerCase() === "realm") continue;
    const decoded = [percentDecode(name), percentDecode(value)] as const;
    if (decoded[0] === undefined || decoded[1] === undefined) return undefined;
    parameters.push([decoded[0], decoded[1]]);
  }
  return parameters;
}
