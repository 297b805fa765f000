import type { AppProcess } from "../processes/app-process.ts";
import type { Outcome, Stop } from "../processes/task.ts";
import { startCertified } from "../providers/certified.ts";
import { startRotatingGitHub } from "../providers/github.ts";
import { expired, type RotatingProvider } from "../providers/rotating-provider.ts";
import { allOver, expectEqual, type FaultCase, type FaultParts, put } from "./fault-parts.ts";

/** Takes some seconds: the lock of a paused process ends in real time. */
export const pausedProcess: FaultCase = async (parts) => {
  const strict = await parts.running(startCertified());
  // Whoever follows a process that was paused after the request needs a refresh token that works once more.
  const lenient = await parts.running(startRotatingGitHub({ grace: 600, users: 1 }));
  const [before, after] = await allOver([
    pause(parts, strict, "before the request"),
    pause(parts, lenient, "before the save"),
  ]);
  expectEqual(
    strict.gate.requests.length,
    1,
    "the number of refreshes when it was paused before the request",
  );
  expectEqual(
    lenient.gate.requests.length,
    2,
    "the number of refreshes when it was paused before the save",
  );
  return {
    "took over before the request": Math.round(before),
    "took over before the save": Math.round(after),
  };
};

/** Pauses a process past the end of its lock; gives how long the next one waited, in milliseconds. */
async function pause(parts: FaultParts, provider: RotatingProvider, stop: Stop): Promise<number> {
  const { store, processes } = parts;
  const key = parts.key(stop);
  await put(store, key, expired(await provider.signIn()));
  const [paused, next] = (await processes.startAll(2)) as [AppProcess, AppProcess];
  const { client } = provider;
  const woken = paused.run({ name: "call", client, key, stop });
  await paused.stopped(key);
  paused.signal("SIGSTOP");
  const newer = await next.run({ name: "call", client, key });
  expectEqual(newer.status, 200, "the status in the process that took over");
  paused.go(key);
  paused.signal("SIGCONT");
  const late = await woken;
  expectEqual(shown(late), shown(newer), `what a process answers that was paused ${stop}`);
  const stored = await store.get(key);
  expectEqual(stored?.token.accessToken, newer.accessToken, "the token in the store");
  return newer.took;
}

const shown = ({ status, code, accessToken }: Outcome): Partial<Outcome> =>
  ({ status, code, accessToken }) as Partial<Outcome>;
