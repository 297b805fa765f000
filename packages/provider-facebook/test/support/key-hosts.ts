import { createServer } from "node:http";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { AddressInfo } from "node:net";

/** A key with which a host signs ID tokens. */
export interface HostKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

/** Makes a key. */
export function hostKey(kid: string): HostKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, jwk };
}

/** Signs a JWT as Facebook does: RS256. */
export function signedJwt({ kid, privateKey }: HostKey, claims: object, alg = "RS256"): string {
  const encoded = [{ alg, kid, typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${encoded}.${sign("RSA-SHA256", Buffer.from(encoded), privateKey).toString("base64url")}`;
}

/** Starts a server with the key set of each path; an undefined one is answered with 503. */
export async function startKeyHosts(
  keys: Readonly<Record<string, readonly HostKey[] | undefined>>,
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const set = keys[path];
    response.writeHead(set === undefined ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: set?.map(({ jwk }) => jwk) ?? [] }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
