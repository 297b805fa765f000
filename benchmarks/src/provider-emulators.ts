import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { GitHubEndpoints, GoogleEndpoints, ServiceAccountKey } from "@grantkit/emulator";

/** What clients of the emulators need to know. */
export interface EmulatorFacts {
  readonly github: {
    readonly clientId: string;
    readonly endpoints: GitHubEndpoints;
    readonly installationId: number;
    /** PEM, PKCS #1. */
    readonly privateKey: string;
  };
  readonly google: {
    readonly clientId: string;
    /** URL of the keys of ID tokens as certificates in PEM. */
    readonly certificates: string;
    /** A credential of Sign in with Google. */
    readonly credential: string;
    readonly endpoints: GoogleEndpoints;
    /** The key file of a service account. */
    readonly key: ServiceAccountKey;
    /** The `sub` of the credential. */
    readonly subject: string;
  };
}

/** How many requests the emulators have answered with success. */
export interface EmulatorCounts {
  /** Requests that issued a token. */
  tokens: number;
  /** Requests for the keys of ID tokens. */
  keys: number;
}

/** The emulators of GitHub and Google, in another process. */
export interface ProviderEmulators extends EmulatorFacts {
  counts(): Promise<EmulatorCounts>;
}

/** Starts the emulators, and closes them after `use`. */
export async function withEmulators<Result>(
  use: (emulators: ProviderEmulators) => Promise<Result>,
): Promise<Result> {
  const program = new URL("./provider-emulators-process.js", import.meta.url);
  const child = fork(fileURLToPath(program), { execArgv: [] });
  const [facts] = (await once(child, "message")) as [EmulatorFacts];
  try {
    return await use({
      ...facts,
      async counts() {
        const reply = once(child, "message") as Promise<[EmulatorCounts]>;
        child.send("counts");
        return (await reply)[0];
      },
    });
  } finally {
    child.disconnect();
  }
}
