import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { OAuth2Client as GoogleClient } from "google-auth-library";
import { createRemoteJWKSet, jwtVerify, SignJWT } from "jose";
import { interleaved, type Side } from "./interleaved.ts";
import { comparisonRow, type Row } from "./table.ts";

const BATCH = 300;
const LENGTH = { warmUp: 3, rounds: 21 };
const AUDIENCE = "benchmarks";
const SUBJECT = "4711";
const KEY_ID = "first";

/** ID tokens verified, signature and claims, with keys that are cached. */
export async function idTokenVerifications(): Promise<Row[]> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" };
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwt = await new SignJWT({ email: "ada@example.com", email_verified: true })
    .setProtectedHeader({ alg: "RS256", kid: KEY_ID, typ: "JWT" })
    .setIssuer(issuer)
    .setSubject(SUBJECT)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  const ours = side("client.verifyIdToken", ourVerifier(issuer, jwt));
  const bare = side("jose", joseVerifier(issuer, jwt));
  const again = side("jose again", joseVerifier(issuer, jwt));
  const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
  const google = side("google-auth-library", googleVerifier(issuer, jwt, pem));
  try {
    const figures = await interleaved([ours, bare, again, google], LENGTH);
    const row = (left: Side, right: Side, aim?: { atMost: number }): Row =>
      comparisonRow({
        benchmark: `ID token verified: ${left.name} / ${right.name}`,
        ours: figures.get(left.name) ?? [],
        peer: figures.get(right.name) ?? [],
        format: (figure) => `${figure.toFixed(0)} µs`,
        ...(aim && { aim }),
      });
    return [row(ours, bare, { atMost: 1.1 }), row(again, bare), row(ours, google)];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Verifies once; gives the subject. */
type Verifier = () => Promise<unknown>;

function side(name: string, verify: Verifier): Side {
  return {
    name,
    async batch() {
      const start = performance.now();
      for (let index = 0; index < BATCH; index += 1) {
        if ((await verify()) !== SUBJECT) throw new Error(`${name}: a wrong answer`);
      }
      return ((performance.now() - start) * 1000) / BATCH;
    },
  };
}

function ourVerifier(issuer: string, jwt: string): Verifier {
  const provider = defineProvider({
    name: "keys",
    issuer,
    endpoints: { token: `${issuer}/token`, jwks: `${issuer}/jwks` },
  });
  const client = new OAuth2Client(provider, { clientId: AUDIENCE });
  return async () => (await client.verifyIdToken(jwt)).sub;
}

function joseVerifier(issuer: string, jwt: string): Verifier {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const expected = {
    issuer,
    audience: AUDIENCE,
    algorithms: ["RS256"],
    clockTolerance: 30,
    requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
  };
  return async () => (await jwtVerify(jwt, keys, expected)).payload.sub;
}

function googleVerifier(issuer: string, jwt: string, pem: string): Verifier {
  const client = new GoogleClient({ clientId: AUDIENCE });
  return async () => {
    const ticket = await client.verifySignedJwtWithCertsAsync(jwt, { [KEY_ID]: pem }, AUDIENCE, [
      issuer,
    ]);
    return ticket.getPayload()?.sub;
  };
}
