import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defineProvider, OAuth2Client, Token } from "@grantkit/core";
import { type Figures, interleaved, type Side } from "./interleaved.ts";
import { type Aim, figureRow, type Row } from "./table.ts";

type Session = ReturnType<OAuth2Client["session"]>;

const SESSIONS = 100_000;
const LENGTH = { warmUp: 3, rounds: 15 };
const ACCESS_TOKEN = "ghu_16C7e42F292c6912E7710c838347Ae178B4a";

/** What a session costs in time and memory: a server makes one for each request that it serves. */
export async function sessions(): Promise<Row[]> {
  const client = clientOf();
  const stored = {
    accessToken: ACCESS_TOKEN,
    refreshToken:
      "ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498",
    expiresAt: Date.now() + 28_800_000,
    scope: ["read:user", "user:email"],
  };
  const token = Token.from(stored);
  const plain = measured("session(token)", () => client.session(token));
  // What a server has in hand is a row of its database, and it wants to save: reading that row is in this one.
  const fromStore = measured("session(stored, { onTokenUpdate })", () =>
    client.session(stored, { onTokenUpdate }),
  );
  const times = await interleaved([plain.side, fromStore.side], LENGTH);
  const aims = { time: { atMost: 2000 }, bytes: { atMost: 1024 } };
  return [...rowsOf(plain, times, aims), ...rowsOf(fromStore, times)];
}

function onTokenUpdate(): void {}

function rowsOf(
  { side: { name }, bytes }: Measured,
  times: ReadonlyMap<string, Figures>,
  aims?: { readonly time: Aim; readonly bytes: Aim },
): Row[] {
  const time = {
    benchmark: `${name}: time for each of 100,000`,
    ours: times.get(name) ?? [],
    format: (figure: number) => `${figure.toFixed(0)} ns`,
    ...(aims && { aim: aims.time }),
  };
  const memory = {
    benchmark: `${name}: memory for each of 100,000`,
    ours: bytes.slice(-LENGTH.rounds),
    format: (figure: number) => `${figure.toFixed(0)} B`,
    ...(aims && { aim: aims.bytes }),
  };
  return [figureRow(time), figureRow(memory)];
}

/** A side whose figure is the time, and which notes the memory beside it. */
interface Measured {
  readonly side: Side;
  readonly bytes: number[];
}

function measured(name: string, make: () => Session): Measured {
  const bytes: number[] = [];
  const batch = (): Promise<number> => {
    // Room for all of them before the first measurement: the array is not the session's cost.
    const kept = Array.from<Session | undefined>({ length: SESSIONS });
    const before = heapUsed();
    const start = process.hrtime.bigint();
    for (let made = 0; made < SESSIONS; made += 1) kept[made] = make();
    const time = Number(process.hrtime.bigint() - start);
    bytes.push((heapUsed() - before) / SESSIONS);
    if (kept.some((session) => session?.token.accessToken !== ACCESS_TOKEN)) {
      throw new Error(`${name} made a session without its token`);
    }
    return Promise.resolve(time / SESSIONS);
  };
  return { side: { name, batch }, bytes };
}

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** As `node --expose-gc` would give it, so that nobody has to remember the flag. */
const collectGarbage = ((): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

function clientOf(): OAuth2Client {
  const provider = defineProvider({
    name: "example",
    endpoints: {
      authorization: "https://id.example.com/authorize",
      token: "https://id.example.com/token",
    },
    api: { baseUrl: "https://api.example.com" },
  });
  return new OAuth2Client(provider, {
    clientId: "benchmarks",
    clientSecret: "benchmarks-secret",
    redirectUri: "https://app.example.com/callback",
  });
}
