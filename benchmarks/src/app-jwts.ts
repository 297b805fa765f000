import { GitHubApp } from "@grantkit/provider-github";
import { createAppAuth } from "@octokit/auth-app";
import githubAppJwt from "universal-github-app-jwt";
import { interleaved } from "./interleaved.ts";
import { withEmulators } from "./provider-emulators.ts";
import { rateRow } from "./rates.ts";
import { jwtCheck, signingSide } from "./signing-side.ts";
import type { Row } from "./table.ts";

const BATCH = 100;
const LENGTH = { warmUp: 3, rounds: 31 };

/** JWTs of a GitHub App signed per second. */
export function appJwts(): Promise<Row[]> {
  return withEmulators(async ({ github: { clientId, endpoints, privateKey } }) => {
    const session = new GitHubApp({ clientId, endpoints, privateKey }).appSession();
    const auth = createAppAuth({ appId: clientId, privateKey });
    const check = jwtCheck(privateKey);
    const ours = signingSide(
      "appSession().refresh()",
      BATCH,
      async () => (await session.refresh()).accessToken,
      check,
    );
    const bare = signingSide(
      "universal-github-app-jwt",
      BATCH,
      async () => (await githubAppJwt({ id: clientId, privateKey })).token,
      check,
    );
    const octokit = signingSide(
      "@octokit/auth-app",
      BATCH,
      async () => (await auth({ type: "app" })).token,
      check,
    );
    const figures = await interleaved([ours, bare, octokit], LENGTH);
    return [bare, octokit].map((peer) =>
      rateRow("app JWT signed", figures, ours, peer, { atLeast: 1 }),
    );
  });
}
