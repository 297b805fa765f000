import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { PublicKeys } from "../client/page-keys.ts";
import type { authorizationServer } from "./authorization-server.ts";
import { registeredClients } from "./registered-clients.ts";

/** The certified authorization server `oidc-provider`, on this machine. */
export interface LocalServer {
  /** Its issuer and origin. */
  readonly origin: string;
  /** The secret of all its clients that have one. */
  readonly clientSecret: string;
  readonly close: () => Promise<void>;
}

/**
 * Listens at once, and loads oidc-provider with the first request: the playground starts without it.
 *
 * @param redirectUri - The callback of all its clients.
 * @param keys - The public keys of the playground, which its clients sign with.
 */
export async function startLocalServer(
  redirectUri: string,
  keys: PublicKeys,
): Promise<LocalServer> {
  const clientSecret = randomBytes(32).toString("base64url");
  let loaded: Promise<ReturnType<typeof authorizationServer>> | undefined;
  const server = createServer((request, response) => {
    loaded ??= import("./authorization-server.ts").then(({ authorizationServer }) =>
      authorizationServer(origin, registeredClients(redirectUri, clientSecret, keys), keys),
    );
    void loaded
      .then((answer) => answer(request, response))
      .catch((error: Error) => {
        // SessionNotFound: a page that was opened once more, for example by the browser's Back button.
        response.statusCode = error.name === "SessionNotFound" ? 400 : 500;
        response.end(`This page does not work: ${error.message}. Go back to the playground.`);
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    clientSecret,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
