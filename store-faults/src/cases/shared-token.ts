import { startCertified } from "../providers/certified.ts";
import { startRotatingGitHub } from "../providers/github.ts";
import { expired, type RotatingProvider } from "../providers/rotating-provider.ts";
import type { AppProcess } from "../processes/app-process.ts";
import {
  allOver,
  expectEqual,
  expectThat,
  type FaultCase,
  type FaultParts,
  put,
} from "./fault-parts.ts";

const PROCESSES = 8;
const TIMES = 200;
/** Milliseconds between two requests of a process. */
const PAUSE = 20;
/** The life of a token at oidc-provider, in seconds. */
const LIFETIME = 2;
/** Requests that each process makes with a token before it expires at GitHub. */
const USES = 25;

/**
 * Takes some seconds: tokens expire in real time. At oidc-provider all processes know when; at GitHub each learns it from a
 * refused request.
 */
export const sharedToken: FaultCase = async (parts) => {
  const gitHub = await parts.running(startRotatingGitHub({ users: 1 }));
  const certified = await parts.running(startCertified({ lifetime: LIFETIME }));
  const all = await parts.processes.startAll(PROCESSES);
  const [atGitHub, atCertified] = await allOver([
    share(parts, gitHub, all),
    share(parts, certified, all),
  ]);
  const { requests } = certified.gate;
  const early = requests.filter(
    ({ at }, index) => at < (requests[index - 1]?.at ?? 0) + LIFETIME * 1000,
  );
  expectEqual(early.length, 0, "the number of refreshes before an expiry");
  expectThat(requests.length > 1, "a token expires meanwhile");
  expectEqual(gitHub.gate.requests.length, atGitHub.expiries, "the number of refreshes at GitHub");
  return {
    GitHub: `${atGitHub.answered} answered, ${atGitHub.expiries} expiries, ${gitHub.gate.requests.length} refreshes`,
    "oidc-provider": `${atCertified.answered} answered, ${requests.length} expiries, ${requests.length} refreshes`,
  };
};

/** Has all processes make their requests with one token, which has expired when they begin. */
async function share(
  { store, key }: FaultParts,
  provider: RotatingProvider,
  all: readonly AppProcess[],
): Promise<{ readonly answered: number; readonly expiries: number }> {
  const { gate, client } = provider;
  const name = key(client.provider);
  await put(store, name, expired(await provider.signIn()));
  const task = { name: "request", client, key: name, times: TIMES, pause: PAUSE } as const;
  let isDone = false;
  const work = allOver(all.map((each) => each.run(task))).finally(() => (isDone = true));
  const expiring = expireAgainAndAgain(all, provider, name, () => isDone);
  const answered = (await work).reduce((sum, count) => sum + count, 0);
  expectEqual(answered, PROCESSES * TIMES, "the number of answered requests");
  const expiries = 1 + (await expiring);
  // The last expiry may have come when a busy machine had not yet reported that all requests were answered.
  await allOver(all.slice(0, 1).map((each) => each.run({ ...task, times: 1 })));
  const refused = gate.requests.filter((each) => !each.answer.includes("access_token")).length;
  const found = { repeated: gate.repeated, refused };
  expectEqual(found, { repeated: 0, refused: 0 }, `refreshes at ${client.provider}`);
  return { answered, expiries };
}

/**
 * Has the token expire whenever each process has used it for a while: a busy machine makes no difference.
 *
 * @returns How many times it expired.
 */
async function expireAgainAndAgain(
  all: readonly AppProcess[],
  { expire }: RotatingProvider,
  key: string,
  isDone: () => boolean,
): Promise<number> {
  for (let expiries = 0; ; expiries += 1) {
    const goals = all.map((each) => Math.min(TIMES, each.answered(key) + USES));
    while (all.some((each, index) => each.answered(key) < (goals[index] ?? 0)) && !isDone()) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (isDone() || all.every((each) => each.answered(key) === TIMES)) return expiries;
    expire?.();
  }
}
