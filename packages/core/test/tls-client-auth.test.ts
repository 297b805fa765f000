import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { OAuth2Client, tlsClientAuth } from "@grantkit/core";
import { Agent, createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { rejectionOf } from "./support/canaries.ts";
import { type Certificate, makeCertificate } from "./support/certificate.ts";

let server: Server;
let origin: string;
let serverCertificate: Certificate;
let clientCertificate: Certificate;
const requests: { shown: string | undefined; body: string }[] = [];

beforeAll(async () => {
  serverCertificate = makeCertificate("server");
  clientCertificate = makeCertificate("client-one");
  server = createServer(
    {
      ...serverCertificate,
      ca: clientCertificate.cert,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const shown = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        requests.push({ shown: shown as string | undefined, body });
        const known = shown !== undefined;
        const metadata = request.method === "GET";
        response.writeHead(metadata || known ? 200 : 401, { "content-type": "application/json" });
        const token = known
          ? { access_token: "bound", token_type: "Bearer" }
          : { error: "invalid_client" };
        response.end(
          JSON.stringify(
            metadata
              ? {
                  issuer: origin,
                  token_endpoint: `${origin}/plain`,
                  mtls_endpoint_aliases: { token_endpoint: `${origin}/token` },
                }
              : token,
          ),
        );
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  requests.length = 0;
});

function discover(certificateOfClient?: Certificate): Promise<OAuth2Client> {
  return OAuth2Client.discover(origin, {
    clientId: "client-one",
    clientAuthentication: tlsClientAuth(),
    http: { httpsAgent: new Agent({ ca: serverCertificate.cert, ...certificateOfClient }) },
  });
}

it("a client authenticates by the certificate of its connection (RFC 8705 §2)", async () => {
  const client = await discover(clientCertificate);
  const token = await client.fetchClientCredentialsToken({ scope: ["read"] });
  expect(token.accessToken).toBe("bound");
  expect(requests[1]?.shown).toBe("client-one");
  expect(Object.fromEntries(new URLSearchParams(requests[1]?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "client-one",
    scope: "read",
  });
});

it("a client without the certificate is refused by the server", async () => {
  const client = await discover();
  expect(await rejectionOf(client.fetchClientCredentialsToken())).toMatchObject({
    code: "INVALID_CLIENT",
  });
});

it("nothing is sent to a server with an untrusted certificate", async () => {
  const stranger = OAuth2Client.discover(origin, { clientId: "client-one" });
  expect(await rejectionOf(stranger)).toMatchObject({ code: "NETWORK_ERROR" });
  expect(requests).toEqual([]);
});
