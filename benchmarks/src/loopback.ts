import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { defineProvider, OAuth2Client } from "@grantkit/core";

/** The provider that the benchmarks talk to, in another process. */
export interface Loopback {
  /** For example `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Where the user is. */
  readonly userUrl: string;
  /** How many requests the token endpoint has seen. */
  tokenRequests(): Promise<number>;
  close(): void;
}

/** Starts the provider. */
export async function startLoopback(): Promise<Loopback> {
  const child = fork(fileURLToPath(new URL("./loopback-process.js", import.meta.url)), {
    execArgv: [],
  });
  const [port] = (await once(child, "message")) as [number];
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    userUrl: `${origin}/api/user`,
    async tokenRequests() {
      const response = await fetch(`${origin}/token-requests`);
      return (await response.json()) as number;
    },
    close: () => child.disconnect(),
  };
}

/** A client of that provider: core alone, with no header or hook that the bare peer does not have. */
export function loopbackClient(origin: string): OAuth2Client {
  const provider = defineProvider({
    name: "loopback",
    endpoints: { authorization: `${origin}/authorize`, token: `${origin}/token` },
    api: { baseUrl: `${origin}/api` },
  });
  return new OAuth2Client(provider, {
    clientId: "benchmarks",
    clientSecret: "benchmarks-secret",
    redirectUri: `${origin}/callback`,
  });
}
