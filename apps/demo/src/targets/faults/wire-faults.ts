import type { CustomFailure } from "@grantkit/emulator";
import type { Fault } from "../fault.ts";
import { API_CALLS, REFRESH, RETRIED_TOKEN_REQUESTS, TOKEN_REQUESTS } from "./shown-in.ts";

/** An emulator whose answers can be replaced. */
interface Failing<Failure extends string> {
  readonly failNext: (failure: Failure | CustomFailure, times?: number) => () => void;
}

/** Milliseconds after which a client gives up on a server that hangs. */
const PATIENCE = 2_000;
const patience = (): { timeout: number } => ({ timeout: PATIENCE });

const HUGE = JSON.stringify({ padding: "x".repeat(20 * 1024 * 1024) });

interface BadAnswer extends Pick<Fault, "options"> {
  readonly id: string;
  /** What the server does: "hangs". */
  readonly title: string;
  readonly effect: string;
  readonly answer: CustomFailure;
  /** Whether only one request gets it, and a client that retries succeeds. */
  readonly once?: boolean;
}

const BAD_ANSWERS: readonly BadAnswer[] = [
  {
    id: "hang",
    title: "never answers",
    effect: `The server took the request and never answered. The client had a timeout of ${PATIENCE / 1000} seconds.`,
    answer: { kind: "hang" },
    options: patience,
  },
  {
    id: "slow",
    title: "is slow",
    effect: "The server answered a second late.",
    answer: { kind: "slow", delay: 1_000 },
  },
  {
    id: "disconnect",
    title: "closes the connection",
    effect: "The server closed the connection in place of an answer, every time.",
    answer: { kind: "disconnect" },
  },
  {
    id: "huge",
    title: "answers with 20 MB",
    effect: "The answer had 20 MB of JSON.",
    answer: { status: 200, headers: { "content-type": "application/json" }, body: HUGE },
  },
  {
    id: "html",
    title: "answers with a web page",
    effect: "The answer had the status 200 and was HTML, as from a proxy or a captive portal.",
    answer: {
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html><title>Sign in to the Wi-Fi</title></html>",
    },
  },
  {
    id: "unavailable",
    title: "is down (503)",
    effect: "The server answered 503, every time.",
    answer: { status: 503, body: "Service Unavailable" },
  },
  {
    id: "unavailable-once",
    title: "is down for a moment (503 once)",
    effect: "The server answered 503 once.",
    answer: { status: 503, body: "Service Unavailable" },
    once: true,
  },
  {
    id: "throttled-briefly",
    title: "throttles (429, Retry-After: 1)",
    effect: "The server answered 429 once, with Retry-After: 1.",
    answer: { status: 429, headers: { "retry-after": "1" } },
    once: true,
  },
  {
    id: "throttled-long",
    title: "throttles (429, Retry-After: 120)",
    effect: "The server answered 429 with Retry-After: 120: two minutes.",
    answer: { status: 429, headers: { "retry-after": "120" } },
  },
  {
    id: "throttled-silent",
    title: "throttles without Retry-After (429)",
    effect: "The server answered 429 once, and did not say how long to wait.",
    answer: { status: 429 },
    once: true,
  },
];

/** More requests than a run sends. */
const EVERY_TIME = 50;

/** Bad answers of the token endpoint and of the API. */
export function wireFaults(emulator: Failing<never>, tokenPath: string): readonly Fault[] {
  const faultsAt = (where: "token" | "api"): Fault[] =>
    BAD_ANSWERS.map(({ id, title, effect, answer, once, options }) => ({
      id: `${where}-${id}`,
      title: `${where === "token" ? "A token endpoint" : "An API"} that ${title}`,
      by: "provider",
      flows: where === "api" ? API_CALLS : once ? RETRIED_TOKEN_REQUESTS : TOKEN_REQUESTS,
      effect,
      ...(options && { options }),
      begin: () =>
        emulator.failNext(
          where === "token" ? { ...answer, path: tokenPath } : answer,
          once ? 1 : EVERY_TIME,
        ),
    }));
  return [...faultsAt("token"), ...faultsAt("api")];
}

/** Failures that only this provider has, by their names in the emulator. */
export function namedFaults<Failure extends string>(
  emulator: Failing<Failure>,
  faults: Readonly<Record<string, readonly [title: string, effect: string]>> &
    Partial<Record<Failure, readonly [title: string, effect: string]>>,
): readonly Fault[] {
  return Object.entries(faults).map(([name, [title, effect]]) => ({
    id: name,
    title,
    by: "provider",
    flows: flowsOf(name),
    effect,
    begin: () => emulator.failNext(name as Failure, EVERY_TIME),
  }));
}

function flowsOf(failure: string): readonly string[] {
  if (failure.startsWith("api-")) return API_CALLS;
  return failure.includes("refresh") ? REFRESH : TOKEN_REQUESTS;
}
