import { GitHubApp } from "@grantkit/provider-github";
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";
import { interleaved, type Side } from "./interleaved.ts";
import { type ProviderEmulators, withEmulators } from "./provider-emulators.ts";
import { rateRow, rateSide, type Way } from "./rates.ts";
import { comparisonRow, type Row } from "./table.ts";

const CALLERS = 100;
const COLD = { warmUp: 3, rounds: 31 };
const WARM = { warmUp: 5, rounds: 31 };
const WARM_BATCH = { count: 2000, concurrency: 1 };

/** Gives the token of the installation, from a client's cache if it is there. */
type FetchToken = () => Promise<string>;

interface Library {
  readonly name: string;
  /** Makes a client that has no token. */
  readonly open: () => FetchToken;
}

/** Tokens of a GitHub App's installation: the first one under 100 callers, and from the cache. */
export function installationTokens(): Promise<Row[]> {
  return withEmulators(async (emulators) => {
    const ours = grantkit(emulators);
    const octokit = octokitApp(emulators);
    const issued = new Map<string, number[]>();
    const cold = await interleaved(
      [ours, octokit].map((library) => coldSide(library, emulators, issued)),
      COLD,
    );
    const warmWays = await Promise.all([ours, octokit].map(warmWay));
    const warm = await interleaved(
      warmWays.map((way) => rateSide(way, WARM_BATCH)),
      WARM,
    );
    const benchmark = `installation token, ${CALLERS} callers`;
    const sides = `${ours.name} / ${octokit.name}`;
    const [oursWarm, octokitWarm] = warmWays as [Way, Way];
    return [
      comparisonRow({
        benchmark: `${benchmark}, tokens issued: ${sides}`,
        ours: issued.get(ours.name) ?? [],
        peer: issued.get(octokit.name) ?? [],
        format: String,
        aim: { atMost: 1 },
      }),
      comparisonRow({
        benchmark: `${benchmark}, time: ${sides}`,
        ours: cold.get(ours.name) ?? [],
        peer: cold.get(octokit.name) ?? [],
        format: (figure) => `${figure.toFixed(1)} ms`,
        aim: { atMost: 1 },
      }),
      rateRow("installation token, cached", warm, oursWarm, octokitWarm, { atLeast: 1 }),
    ];
  });
}

function grantkit({ github }: ProviderEmulators): Library {
  const { installationId, ...options } = github;
  return {
    name: "fetchInstallationToken()",
    open() {
      const app = new GitHubApp(options);
      return async () => (await app.fetchInstallationToken(installationId)).accessToken;
    },
  };
}

function octokitApp({ github }: ProviderEmulators): Library {
  const { clientId, endpoints, installationId, privateKey } = github;
  return {
    name: "@octokit/auth-app",
    open() {
      const auth = createAppAuth({
        appId: clientId,
        privateKey,
        request: request.defaults({ baseUrl: endpoints.api }),
      });
      return async () => (await auth({ type: "installation", installationId })).token;
    },
  };
}

/** The milliseconds until all callers have the first token of a new client. */
function coldSide(
  { name, open }: Library,
  emulators: ProviderEmulators,
  issued: Map<string, number[]>,
): Side {
  return {
    name,
    async batch() {
      const before = await emulators.counts();
      const start = performance.now();
      const fetchToken = open();
      const tokens = await Promise.all(Array.from({ length: CALLERS }, fetchToken));
      const milliseconds = performance.now() - start;
      for (const token of tokens) checkToken(name, token);
      const after = await emulators.counts();
      issued.set(name, [...(issued.get(name) ?? []), after.tokens - before.tokens]);
      return milliseconds;
    },
  };
}

async function warmWay({ name, open }: Library): Promise<Way> {
  const fetchToken = open();
  const first = await fetchToken();
  checkToken(name, first);
  return {
    name,
    async operation() {
      if ((await fetchToken()) !== first) throw new Error(`${name}: the token is not cached`);
    },
  };
}

function checkToken(name: string, token: string): void {
  if (!token.startsWith("ghs_")) throw new Error(`${name}: no installation token`);
}
