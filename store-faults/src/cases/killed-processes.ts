import type { AppProcess } from "../processes/app-process.ts";
import type { Outcome, Stop } from "../processes/task.ts";
import { startCertified } from "../providers/certified.ts";
import { startRotatingGitHub } from "../providers/github.ts";
import {
  expired,
  type RotatingProvider,
  type RotatingToken,
} from "../providers/rotating-provider.ts";
import {
  expectEqual,
  inTime,
  type FaultCase,
  type FaultParts,
  type Figures,
  put,
} from "./fault-parts.ts";

const PROCESSES = 10;
/** Refreshes that one process has in each phase when it is killed. */
const USERS = 5;

/** Where a refresh is interrupted, and what comes of it. */
interface Phase {
  readonly name: string;
  /** Stops the process in its store, or the request at the gate. */
  readonly stop?: Stop;
  readonly hold?: "request" | "answer";
  /** Requests with the first refresh token, until the user is signed in or out. */
  readonly sent: number;
  /** Whether the provider has replaced the refresh token, and no process that lives has the new one. */
  readonly isLost?: boolean;
}

const PHASES: readonly Phase[] = [
  { name: "before the lock", stop: "before the lock", sent: 1 },
  { name: "in the lock, before the request", stop: "before the request", sent: 1 },
  { name: "request sent, not received", hold: "request", sent: 2 },
  { name: "request received, answer held back", hold: "answer", sent: 2, isLost: true },
  { name: "answer read, not saved", stop: "before the save", sent: 2, isLost: true },
  { name: "saved, lock not released", stop: "after the save", sent: 1 },
];

/** A user of whom a refresh is interrupted. */
interface Victim {
  readonly phase: Phase;
  readonly process: number;
  readonly user: number;
  readonly key: string;
  readonly token: RotatingToken;
}

/** Takes some seconds: the locks of killed processes end in real time. */
export const killedProcesses: FaultCase = async (parts) => {
  const provider = await parts.running(startCertified());
  return interrupt(parts, provider, PHASES);
};

/** The same at a provider that accepts a used refresh token again for a while: then nobody is signed out. */
export const killedWithGrace: FaultCase = async (parts) => {
  const phases = PHASES.filter(({ isLost }) => isLost).map((phase) => ({
    ...phase,
    isLost: false,
  }));
  const users = PROCESSES * USERS * phases.length;
  const provider = await parts.running(startRotatingGitHub({ grace: 600, users }));
  return interrupt(parts, provider, phases);
};

async function interrupt(
  parts: FaultParts,
  provider: RotatingProvider,
  phases: readonly Phase[],
): Promise<Figures> {
  const victims = await signInAll(parts, provider, phases);
  const killed = await parts.processes.startAll(PROCESSES);
  // Not all at once: a busy process would lose its locks.
  for (let user = 0; user < USERS; user += 1) {
    const some = victims.filter((victim) => victim.user === user);
    await Promise.all(some.map((victim) => reachPhase(killed, provider, victim)));
  }
  await Promise.all(killed.map((each) => each.kill()));
  const next = await parts.processes.start();
  const start = performance.now();
  const call = async ({ key }: Victim): Promise<Outcome> => {
    const outcome = await next.run({ name: "call", client: provider.client, key });
    return { ...outcome, took: performance.now() - start };
  };
  // One user of each process and phase waits for the lock; the others come later, so that few wait at the same time.
  const first = victims.filter(({ user }) => user === 0);
  const rest = victims.filter(({ user }) => user > 0);
  const outcomes = new Map<Victim, Outcome>();
  for (const some of [first, rest]) {
    const calls = some.map(async (victim) => outcomes.set(victim, await call(victim)));
    await inTime(Promise.all(calls), "another process follows a killed one in time");
  }
  const again = new Map<Victim, Outcome>();
  await Promise.all(victims.map(async (victim) => again.set(victim, await call(victim))));
  return Object.fromEntries(
    phases.map((phase) => {
      const own = victims.filter((victim) => victim.phase === phase);
      for (const victim of own) {
        expectOutcome(provider, victim, outcomes.get(victim));
        expectOutcome(provider, victim, again.get(victim));
      }
      const lost = own.filter((victim) => outcomes.get(victim)?.code !== undefined).length;
      const slowest = Math.max(
        ...own.filter((each) => first.includes(each)).map((each) => outcomes.get(each)?.took ?? 0),
      );
      return [
        phase.name,
        `${own.length} interrupted, ${lost} signed out; the next process after at most ${Math.round(slowest)} ms`,
      ];
    }),
  );
}

function signInAll(
  { store, key }: FaultParts,
  provider: RotatingProvider,
  phases: readonly Phase[],
): Promise<Victim[]> {
  const victims = phases.flatMap((phase) =>
    Array.from({ length: PROCESSES * USERS }, async (_, index) => {
      const process = index % PROCESSES;
      const user = Math.floor(index / PROCESSES);
      const name = key(`${phase.name}-${index}`);
      const token = expired(await provider.signIn());
      await put(store, name, token);
      return { phase, process, user, key: name, token };
    }),
  );
  return Promise.all(victims);
}

/** Begins a refresh, and resolves when it is where it is to be interrupted. */
async function reachPhase(
  processes: readonly AppProcess[],
  { client, gate }: RotatingProvider,
  { phase, process, key, token }: Victim,
): Promise<void> {
  const held = phase.hold && gate.hold(token.refreshToken, phase.hold);
  const own = processes[process];
  const call = own?.run({ name: "call", client, key, stop: phase.stop });
  const early = call?.then((outcome) => {
    throw new Error(`A call ended ${phase.name}: ${JSON.stringify(outcome)}`);
  });
  await Promise.race([early, held ? held.reached : own?.stopped(key)]);
}

/** A user is signed in, or gets a typed error at once; and no refresh token is sent again and again. */
function expectOutcome(
  { gate }: RotatingProvider,
  { phase, token }: Victim,
  outcome: Outcome | undefined,
): void {
  const sent = gate.requestsWith(token.refreshToken).length;
  expectEqual(
    { status: outcome?.status, code: outcome?.code, sent },
    phase.isLost === true
      ? { code: "INVALID_GRANT", sent: phase.sent }
      : { status: 200, sent: phase.sent },
    `the outcome after kill -9 ${phase.name}`,
  );
}
