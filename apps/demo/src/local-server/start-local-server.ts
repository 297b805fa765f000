import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { PageKeys } from "../client/page-keys.ts";
import { selfSignedCertificate } from "../client/self-signed-certificate.ts";
import type { authorizationServer } from "./authorization-server.ts";
import { registeredClients } from "./registered-clients.ts";

/** The certified authorization server `oidc-provider`, on this machine. */
export interface LocalServer {
  /** Its issuer and origin. */
  readonly origin: string;
  /** The origin for clients with a certificate, and the server's own certificate in PEM form. */
  readonly tls: { readonly origin: string; readonly cert: string };
  /** The secret of all its clients that have one. */
  readonly clientSecret: string;
  readonly close: () => Promise<void>;
}

/**
 * Listens at once, and loads oidc-provider with the first request: the playground starts without it.
 *
 * @param redirectUri - The callback of all its clients.
 * @param keys - The keys of the playground, which its clients sign with.
 */
export async function startLocalServer(redirectUri: string, keys: PageKeys): Promise<LocalServer> {
  const clientSecret = randomBytes(32).toString("base64url");
  let loaded: Promise<ReturnType<typeof authorizationServer>> | undefined;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    loaded ??= import("./authorization-server.ts").then((local) =>
      local.authorizationServer(
        origin,
        registeredClients(redirectUri, clientSecret, keys),
        keys.published,
      ),
    );
    void loaded
      .then((load) => load(request, response))
      .catch((error: Error) => {
        // SessionNotFound: a page that was opened once more, for example by the browser's Back button.
        response.statusCode = error.name === "SessionNotFound" ? 400 : 500;
        response.end(`This page does not work: ${error.message}. Go back to the playground.`);
      });
  };
  const certificate = selfSignedCertificate("127.0.0.1");
  const servers = [
    createServer(answer),
    // Certificates sign themselves, so oidc-provider compares them with those that it knows.
    createTlsServer({ ...certificate, requestCert: true, rejectUnauthorized: false }, answer),
  ] as const;
  const [port, tlsPort] = await Promise.all([portOf(servers[0]), portOf(servers[1])]);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    tls: { origin: `https://127.0.0.1:${tlsPort}`, cert: certificate.cert },
    clientSecret,
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function portOf(
  server: Pick<Server, "listen" | "address"> & NodeJS.EventEmitter,
): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
