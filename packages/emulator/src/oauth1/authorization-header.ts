import { parametersRejected } from "./oauth-problem.ts";
import { percentDecoded, textOf } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";

/** A parsed Authorization header with the scheme OAuth. */
export interface OAuthHeader {
  /** All parameters except the realm. */
  readonly pairs: readonly ParameterPair[];
  readonly realm: string | undefined;
}

const PARAMETER = /[ \t]*([^\s=",]+)="((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;

// RFC 5849 section 3.5.1: names and values are encoded as in section 3.6. Servers decode an unencoded "+" or "/" differently,
// so it is an error here.
const WELL_ENCODED = /^(?:[A-Za-z0-9\-._~]|%[0-9A-Fa-f]{2})*$/;

/** Parses an Authorization header; undefined for another scheme. Throws an OAuthProblem if it is malformed. */
export function readOAuthHeader(header: string): OAuthHeader | undefined {
  const scheme = /^OAuth(?:[ \t]+|$)/i.exec(header)?.[0];
  if (scheme === undefined) return undefined;
  const pairs: ParameterPair[] = [];
  let realm: string | undefined;
  for (const [name, value] of quotedParameters(header.slice(scheme.length).trimEnd())) {
    if (name.toLowerCase() === "realm") {
      realm = value.replaceAll(/\\(.)/g, "$1");
    } else {
      pairs.push(decodedPair(name, value));
    }
  }
  return { pairs, realm };
}

function* quotedParameters(list: string): Generator<[name: string, value: string]> {
  const pattern = new RegExp(PARAMETER);
  while (pattern.lastIndex < list.length) {
    const [, name = "", value = ""] = pattern.exec(list) ?? malformed();
    yield [name, value];
  }
}

function malformed(): never {
  const advice = 'The Authorization header is not a list of name="value" with commas between.';
  throw parametersRejected([], advice);
}

function decodedPair(name: string, value: string): ParameterPair {
  if (!WELL_ENCODED.test(name) || !WELL_ENCODED.test(value)) {
    const advice =
      "In the Authorization header, names and values are percent-encoded (RFC 5849 section 3.6).";
    throw parametersRejected([textOf(name)], advice);
  }
  return { name: percentDecoded(name), value: percentDecoded(value) };
}
