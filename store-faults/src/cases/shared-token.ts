import { startCertified } from "../providers/certified.ts";
import { startRotatingGitHub } from "../providers/github.ts";
import { expired, type RotatingProvider } from "../providers/rotating-provider.ts";
import type { AppProcess } from "../processes/app-process.ts";
import { expectEqual, expectThat, type FaultCase, type Figures, put } from "./fault-parts.ts";

const PROCESSES = 8;
const TIMES = 200;
/** Milliseconds between two requests of a process, so that the token expires some times meanwhile. */
const PAUSE = 25;
/** The life of a token, in seconds. */
const LIFETIME = 2;

/** Takes some seconds: tokens expire in real time. */
export const sharedToken: FaultCase = async ({ store, processes, key, running }) => {
  const providers = await Promise.all([
    running(startRotatingGitHub({ lifetime: LIFETIME, users: 1 })),
    running(startCertified({ lifetime: LIFETIME })),
  ]);
  const all = await processes.startAll(PROCESSES);
  const figures = await Promise.all(
    providers.map(async (provider) => {
      const name = key(provider.client.provider);
      await put(store, name, expired(await provider.signIn()));
      const answered = await requestAll(all, provider, name);
      expectEqual(answered, PROCESSES * TIMES, "the number of answered requests");
      return refreshesOf(provider, answered);
    }),
  );
  return Object.assign({}, ...figures) as Figures;
};

async function requestAll(
  all: readonly AppProcess[],
  { client }: RotatingProvider,
  key: string,
): Promise<number> {
  const task = { name: "request", client, key, times: TIMES, pause: PAUSE } as const;
  const answered = await Promise.all(all.map((each) => each.run(task)));
  return answered.reduce((sum, count) => sum + count, 0);
}

/** Compares the refreshes with the expiries: each token is refreshed once, when it has expired. */
function refreshesOf({ gate, client, expiryOf }: RotatingProvider, answered: number): Figures {
  const { requests, repeated } = gate;
  const refused = requests.filter((each) => !each.answer.includes("access_token")).length;
  const early = requests
    .map(({ at }, index) => (index > 0 ? expiryOf(requests[index - 1]?.at ?? 0) - at : 0))
    .filter((milliseconds) => milliseconds > 0);
  const found = { repeated, refused, early };
  expectEqual(found, { repeated: 0, refused: 0, early: [] }, `refreshes at ${client.provider}`);
  expectThat(requests.length >= 2, "tokens expired while the requests were made");
  return {
    [client.provider]: `${answered} of ${PROCESSES * TIMES} answered; ${requests.length} expiries, ${requests.length} refreshes, ${repeated} repeated, ${refused} families revoked`,
  };
}
