import type { Exchange } from "../exchanges/exchange-log.ts";
import { bodyParts, headerParts, urlParts } from "../exchanges/message-parts.ts";
import type { Run } from "../runs/run.ts";
import { decodeJwt, type DecodedJwt } from "./decode-jwt.ts";

/** A JWT that a run sent, received or was given. */
export interface RunJwt extends DecodedJwt {
  /** The parameter or the header field that it was in. */
  readonly name: string;
  readonly text: string;
  readonly origin: "received" | "sent" | "typed in" | "held";
}

const MOST = 8;

/** Finds the JWTs of a run, each once: what it was given first, then as they went over the wire. */
export function jwtsOf({ exchanges, values, heldJwt }: Run): readonly RunJwt[] {
  const typed = values.entries.map(([name, text]) => ({ name, value: text.trim() }));
  const found = [
    ...(heldJwt ? [{ ...heldJwt, origin: "held" } as const] : []),
    ...typed.map(named("typed in")),
    ...exchanges.flatMap(textsOf),
  ];
  const jwts = new Map<string, RunJwt>();
  for (const { name, text, origin } of found) {
    const decoded = text.startsWith("eyJ") ? decodeJwt(text) : undefined;
    if (decoded && !jwts.has(text)) jwts.set(text, { name, text, origin, ...decoded });
  }
  return [...jwts.values()].slice(0, MOST);
}

type Named = Pick<RunJwt, "name" | "text" | "origin">;

function textsOf(exchange: Exchange): readonly Named[] {
  const { between, url, requestHeaders, requestBody = "", responseBody = "" } = exchange;
  const isCallback = between === "browser → demo";
  const sent = [
    ...urlParts(url),
    ...headerParts(requestHeaders).map(({ name, value }) => ({
      name,
      value: value.replace(/^(?:Bearer|DPoP) /i, ""),
    })),
    ...(bodyParts(requestBody) ?? []),
  ];
  return [
    ...sent.map(named(isCallback ? "received" : "sent")),
    ...(bodyParts(responseBody) ?? []).map(named("received")),
  ];
}

function named(origin: RunJwt["origin"]) {
  return ({ name, value }: { readonly name: string; readonly value: string }): Named => ({
    name,
    text: value,
    origin,
  });
}
