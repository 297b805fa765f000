import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "@jest/globals";
import type { Microsoft } from "./client.ts";

/** Tokens that the tests of a file sign in Microsoft's place, and where their key is. */
export interface SignedTokens {
  /** Makes a token of the emulator's tenant for its application, with further claims; an undefined one is left out. */
  readonly signed: (further: object) => string;
  /** The emulator's endpoints with the key of these tokens. */
  readonly endpoints: () => Microsoft["server"]["endpoints"];
}

/** Serves a key set for the tests of a file. */
export function signedTokensFor(microsoft: Microsoft): SignedTokens {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "k" }];
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => void server.close());
  return {
    signed: (further) => {
      const { clientId: aud, tenantId: tid, endpoints } = microsoft.server;
      const iss = endpoints.issuer.replace("{tenantid}", tid);
      const iat = Math.floor(microsoft.clock.now() / 1000);
      const claims = { iss, tid, aud, sub: "s", iat, exp: iat + 600, ...further };
      const text = [{ alg: "RS256", kid: "k" }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
    },
    endpoints: () => {
      const { port } = server.address() as AddressInfo;
      return { ...microsoft.server.endpoints, jwks: `http://127.0.0.1:${port}/` };
    },
  };
}
