import { defineProvider, OAuth2Client, type OAuth2Session } from "@grantkit/core";
import axios from "axios";
import { microsecondsEach } from "./batch.ts";
import { counted } from "./counted-store.ts";
import { interleaved, type Side } from "./interleaved.ts";
import type { Loopback } from "./loopback.ts";
import { ACCESS_TOKEN, checkUser, readAnswer } from "./provider-data.ts";
import { RefreshByHand } from "./refresh-by-hand.ts";
import type { OpenStore, StoreKind } from "./store-kind.ts";
import { startPlaces, STORES } from "./stores.ts";
import { comparisonRow, type Row } from "./table.ts";

const BATCH = 50;
const REFRESHES = 20;
const REQUESTS = 1000;
const LENGTH = { warmUp: 5, rounds: 40 };
/** One for each time that a session is opened for the first time. */
const USERS = BATCH * (LENGTH.warmUp + LENGTH.rounds);
/** Users who sign in at once. */
const AT_ONCE = 25;
const CREDENTIALS = { clientId: "benchmarks", clientSecret: "benchmarks-secret" };

/** A stored session: opening it, its requests and its refresh, with each store, compared with the store's driver alone. */
export async function storedSessions(loopback: Loopback): Promise<Row[]> {
  const places = await startPlaces();
  const rows: Row[] = [];
  try {
    for (const kind of STORES) {
      const at = places.servers[kind.place];
      if (at === undefined) continue;
      const opened = await kind.open(at);
      const measured = new StoredSessions(kind, opened, loopback);
      rows.push(...(await measured.openings()), await measured.accesses());
      rows.push(await measured.refreshes());
      await opened.close();
    }
  } finally {
    await places.stop();
  }
  return rows;
}

/** The measurements of one store. */
class StoredSessions {
  readonly #name: string;
  readonly #opened: OpenStore;
  readonly #loopback: Loopback;
  readonly #provider: ReturnType<typeof defineProvider>;

  constructor({ name }: StoreKind, opened: OpenStore, loopback: Loopback) {
    const { origin } = loopback;
    this.#name = name;
    this.#opened = opened;
    this.#loopback = loopback;
    this.#provider = defineProvider({
      name: "loopback",
      endpoints: { token: `${origin}/prompt-token` },
      api: { baseUrl: `${origin}/api` },
    });
  }

  async openings(): Promise<Row[]> {
    const { userUrl } = this.#loopback;
    const keys = await this.#signUsersIn();
    await this.#opened.write(JSON.stringify(tokenOf("refresh-never-sent")));
    const [first, second, known] = [this.#client(), this.#client(), this.#client()];
    const [forFetch, forGet] = [keys.values(), keys.values()];
    const sides = {
      open: side("open", async () => void (await this.#session(known))),
      read: side("read", async () => void (await this.#headers())),
      fetched: side("open + session.fetch", async () => {
        const session = await this.#session(first, forFetch.next().value);
        await check(readAnswer(session.fetch("/user")));
      }),
      reopened: side("open again + session.fetch", async () => {
        await check(readAnswer((await this.#session(known)).fetch("/user")));
      }),
      bareFetch: side("read + fetch", async () => {
        await check(readAnswer(fetch(userUrl, { headers: await this.#headers() })));
      }),
      limitedFetch: side("read + fetch with AbortSignal.timeout", async () => {
        const headers = await this.#headers();
        const signal = AbortSignal.timeout(30_000);
        await check(readAnswer(fetch(userUrl, { headers, signal })));
      }),
      got: side("open + session.get", async () => {
        await check((await this.#session(second, forGet.next().value)).get("/user"));
      }),
      bareGet: side("read + axios.get", async () => {
        await check(axios.get(userUrl, { headers: await this.#headers() }));
      }),
    };
    const figures = await interleaved(Object.values(sides), LENGTH);
    const row = (ours: Side, peer: Side, aim?: { readonly atMost: number }): Row =>
      comparisonRow({
        benchmark: `${this.#name}: ${ours.name} / ${peer.name}`,
        ours: figures.get(ours.name) ?? [],
        peer: figures.get(peer.name) ?? [],
        format: microseconds,
        ...(aim && { aim }),
      });
    const aim = { atMost: 1.2 };
    return [
      row(sides.open, sides.read),
      row(sides.fetched, sides.bareFetch, aim),
      row(sides.fetched, sides.limitedFetch),
      row(sides.reopened, sides.bareFetch),
      row(sides.got, sides.bareGet, aim),
    ];
  }

  /** What the store is asked while an open session makes requests and its token is valid. */
  async accesses(): Promise<Row> {
    const { store, accesses } = counted(this.#opened.store);
    const session = await this.#client().storedSession({ store, key: `${this.#name}-0` });
    const before = accesses();
    if (before !== 1) throw new Error(`${before} accesses to open a session: they are not counted`);
    for (let request = 0; request < REQUESTS; request += 2) {
      await check(session.get("/user"));
      await check(readAnswer(session.fetch("/user")));
    }
    const asked = accesses() - before;
    return {
      benchmark: `${this.#name}: store accesses of ${REQUESTS} requests of an open session`,
      ours: String(asked),
      peer: "–",
      ratio: "–",
      spread: "–",
      aim: "0",
      met: asked === 0,
    };
  }

  async refreshes(): Promise<Row> {
    const session = await this.#signIn();
    const byHand = new RefreshByHand(this.#opened, `${this.#loopback.origin}/prompt-token`);
    await byHand.signIn(tokenOf(`refresh-by-hand-${this.#name}`));
    const ours = side("session.refresh()", async () => void (await session.refresh()), REFRESHES);
    const peer = side("read, POST, write, no lock", () => byHand.refresh(), REFRESHES);
    const figures = await interleaved([ours, peer], LENGTH);
    return comparisonRow({
      benchmark: `${this.#name}: ${ours.name} / ${peer.name}`,
      ours: figures.get(ours.name) ?? [],
      peer: figures.get(peer.name) ?? [],
      format: microseconds,
    });
  }

  #client(): OAuth2Client {
    return new OAuth2Client(this.#provider, CREDENTIALS);
  }

  #session(client: OAuth2Client, key = `${this.#name}-0`): Promise<OAuth2Session> {
    return client.storedSession({ store: this.#opened.store, key });
  }

  #signIn(key = `${this.#name}-0`): Promise<OAuth2Session> {
    const { store } = this.#opened;
    return this.#client().storedSession({ store, key, token: tokenOf(`refresh-${this.#name}`) });
  }

  /** Stores a token for each user. Returns the keys. */
  async #signUsersIn(): Promise<readonly string[]> {
    const keys = Array.from({ length: USERS }, (_, user) => `${this.#name}-${user}`);
    const waiting = keys.values();
    await microsecondsEach(
      USERS,
      AT_ONCE,
      async () => void (await this.#signIn(waiting.next().value)),
    );
    return keys;
  }

  async #headers(): Promise<{ readonly Authorization: string }> {
    const { accessToken } = JSON.parse(await this.#opened.read()) as { accessToken: string };
    return { Authorization: `Bearer ${accessToken}` };
  }
}

function side(name: string, operation: () => Promise<void>, count = BATCH): Side {
  return { name, batch: () => microsecondsEach(count, 1, operation) };
}

async function check(answer: Promise<{ status: number; data: unknown }>): Promise<void> {
  const { status, data } = await answer;
  checkUser(status, data);
}

function tokenOf(refreshToken: string) {
  return {
    accessToken: ACCESS_TOKEN,
    refreshToken,
    expiresAt: Date.now() + 28_800_000,
    scope: ["read:user", "user:email"],
  };
}

function microseconds(figure: number): string {
  return `${figure.toFixed(0)} µs`;
}
