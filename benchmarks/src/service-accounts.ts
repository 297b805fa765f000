import { GoogleServiceAccount } from "@grantkit/provider-google";
import { usableTokenOf } from "@grantkit/core/requests";
import { JWT } from "google-auth-library";
import { compareRequests } from "./authorized-requests.ts";
import { microsecondsEach } from "./batch.ts";
import { interleaved, type Side } from "./interleaved.ts";
import type { Loopback } from "./loopback.ts";
import { type ProviderEmulators, withEmulators } from "./provider-emulators.ts";
import { rateRow, rateSide, type Way } from "./rates.ts";
import { jwtCheck, signingSide } from "./signing-side.ts";
import { comparisonRow, type Row } from "./table.ts";

const SCOPE = "https://www.googleapis.com/auth/calendar";
const TOKEN_ENDPOINT = "https://oauth2.googleapis.com/token";
const LENGTH = { warmUp: 3, rounds: 31 };
const COLD_BATCH = 10;
const SIGNING_BATCH = 100;
const CACHED_BATCH = { count: 5000, concurrency: 1 };
const FASTER = { atMost: 1 };
const MORE = { atLeast: 1 };

/** Sessions of a Google service account: with a token request, with a cached token, and with JWTs that it signs itself. */
export function serviceAccounts({ origin, userUrl }: Loopback): Promise<Row[]> {
  const api = `${origin}/api`;
  return withEmulators(async (emulators) => [
    ...(await firstRequests(emulators)),
    ...(await signedJwts(emulators)),
    ...(await cachedTokens(emulators)),
    ...(await cachedRequests(emulators, api, userUrl.replace("/user", "/any-user"))),
  ]);
}

function ourAccount({ google: { key, endpoints } }: ProviderEmulators, api = endpoints.api) {
  return new GoogleServiceAccount({ key, endpoints: { ...endpoints, api } });
}

/** The peer's token endpoint is a constant; requests to it go to the emulator. */
function peerAccount({ google: { key, endpoints } }: ProviderEmulators, scopes?: string[]): JWT {
  const { client_email: email, private_key: pem, private_key_id: keyId } = key;
  const account = new JWT({ email, key: pem, keyId, ...(scopes && { scopes }) });
  account.transporter.interceptors.request.add({
    async resolved(request) {
      if (String(request.url) === TOKEN_ENDPOINT) request.url = new URL(endpoints.token);
      return request;
    },
  });
  return account;
}

/** The first request of a new client: it reads the key, signs, requests a token and calls an API. */
async function firstRequests(emulators: ProviderEmulators): Promise<Row[]> {
  const path = "/calendar/v3/users/me/calendarList";
  const url = `${emulators.google.endpoints.api}${path}`;
  const side = (name: string, request: () => Promise<{ readonly status: number }>): Side => ({
    name,
    async batch() {
      const before = await emulators.counts();
      const microseconds = await microsecondsEach(COLD_BATCH, 1, async () => {
        if ((await request()).status !== 200) throw new Error(`${name}: a wrong answer`);
      });
      const { tokens } = await emulators.counts();
      if (tokens - before.tokens !== COLD_BATCH) throw new Error(`${name}: not a token each`);
      return microseconds / 1000;
    },
  });
  const ours = side("session.get", () =>
    ourAccount(emulators)
      .session({ scope: [SCOPE] })
      .get(path),
  );
  const peer = side("google-auth-library", () => peerAccount(emulators, [SCOPE]).request({ url }));
  const figures = await interleaved([ours, peer], LENGTH);
  return [
    comparisonRow({
      benchmark: `service account, first request: ${ours.name} / ${peer.name}`,
      ours: figures.get(ours.name) ?? [],
      peer: figures.get(peer.name) ?? [],
      format: (figure) => `${figure.toFixed(1)} ms`,
      aim: FASTER,
    }),
  ];
}

/** Self-signed JWTs, each for another audience: the peer keeps one for each. */
async function signedJwts(emulators: ProviderEmulators): Promise<Row[]> {
  const robot = ourAccount(emulators);
  const account = peerAccount(emulators);
  const check = jwtCheck(emulators.google.key.private_key);
  let made = 0;
  const audience = (): string => `https://api-${(made += 1)}.example.com/`;
  const ours = signingSide(
    "selfSignedToken()",
    SIGNING_BATCH,
    async () => (await robot.selfSignedToken({ audience: audience() })).accessToken,
    check,
  );
  const peer = signingSide(
    "google-auth-library",
    SIGNING_BATCH,
    async () => bearerOf(await account.getRequestHeaders(audience())),
    check,
  );
  const figures = await interleaved([ours, peer], LENGTH);
  return [rateRow("service account, self-signed JWT", figures, ours, peer, MORE)];
}

/** The token that the next request would send, when there is one. */
async function cachedTokens(emulators: ProviderEmulators): Promise<Row[]> {
  const audience = "https://calendar.googleapis.com/";
  const robot = ourAccount(emulators);
  const session = robot.session({ scope: [SCOPE] });
  const selfSigned = robot.selfSignedSession({ audience });
  const account = peerAccount(emulators, [SCOPE]);
  const selfSigning = peerAccount(emulators);
  const ways = [
    await cachedWay("session", async () => (await usableTokenOf(session)).accessToken),
    await cachedWay("getAccessToken()", async () => (await account.getAccessToken()).token ?? ""),
    await cachedWay("selfSignedSession", async () => (await usableTokenOf(selfSigned)).accessToken),
    await cachedWay("getRequestHeaders()", async () =>
      bearerOf(await selfSigning.getRequestHeaders(audience)),
    ),
  ] as const;
  const sides = ways.map((way) => rateSide(way, CACHED_BATCH));
  const figures = await interleaved(sides, LENGTH);
  const [ours, peer, oursSelfSigned, peerSelfSigned] = ways;
  const benchmark = "service account, cached token";
  return [
    rateRow(benchmark, figures, ours, peer, MORE),
    rateRow(benchmark, figures, oursSelfSigned, peerSelfSigned, MORE),
  ];
}

async function cachedWay(name: string, read: () => Promise<string>): Promise<Way> {
  const first = await read();
  return {
    name,
    async operation() {
      if ((await read()) !== first) throw new Error(`${name}: the token is not cached`);
    },
  };
}

/** Requests that send a cached token. */
async function cachedRequests(
  emulators: ProviderEmulators,
  api: string,
  url: string,
): Promise<Row[]> {
  const session = ourAccount(emulators, api).session({ scope: [SCOPE] });
  const account = peerAccount(emulators, [SCOPE]);
  return compareRequests([
    {
      ours: { name: "service account, session.get", get: () => session.get("/any-user") },
      peer: { name: "google-auth-library", get: () => account.request({ url }) },
      aim: FASTER,
    },
  ]);
}

function bearerOf(headers: Headers): string {
  return headers.get("authorization")?.replace("Bearer ", "") ?? "";
}
