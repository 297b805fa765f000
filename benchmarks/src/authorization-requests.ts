import { createHash } from "node:crypto";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import {
  CodeChallengeMethod,
  generateCodeVerifier,
  generateState,
  OAuth2Client as Arctic,
} from "arctic";
import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  Configuration,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { interleaved, type Side } from "./interleaved.ts";
import { comparisonRow, type Row } from "./table.ts";

/** What an app keeps of a sign-in that has begun. */
interface Begun {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

const ISSUER = "https://id.example.com";
const AUTHORIZATION = `${ISSUER}/authorize`;
const CLIENT_ID = "benchmarks";
const REDIRECT_URI = "https://app.example.com/callback";
const SCOPE = ["openid", "email", "profile"];
const BATCH = 1000;

/** Authorization requests per second, each with PKCE S256, state and nonce. */
export async function authorizationRequests(): Promise<Row[]> {
  const ours = sideOf("authorizationRequest()", grantkit());
  const byHand = sideOf("openid-client by hand", openidClient());
  const arctic = sideOf("arctic", arcticClient());
  const figures = await interleaved([ours, byHand, arctic], { warmUp: 5, rounds: 25 });
  const row = (peer: Side, aim?: { atLeast: number }): Row =>
    comparisonRow({
      benchmark: `${ours.name} / ${peer.name}`,
      ours: figures.get(ours.name) ?? [],
      peer: figures.get(peer.name) ?? [],
      format: (figure) => `${Math.round(figure / 100) / 10}k/s`,
      ...(aim && { aim }),
    });
  return [row(byHand, { atLeast: 5 }), row(arctic)];
}

function grantkit(): () => Promise<Begun> {
  const provider = defineProvider({
    name: "example",
    issuer: ISSUER,
    endpoints: { authorization: AUTHORIZATION, token: `${ISSUER}/token`, jwks: `${ISSUER}/jwks` },
  });
  const client = new OAuth2Client(provider, { clientId: CLIENT_ID, redirectUri: REDIRECT_URI });
  return async () => {
    const {
      url,
      state,
      nonce = "",
      codeVerifier,
    } = await client.authorizationRequest({
      scope: SCOPE,
    });
    return { url, state, nonce, codeVerifier };
  };
}

function openidClient(): () => Promise<Begun> {
  const configuration = new Configuration(
    { issuer: ISSUER, authorization_endpoint: AUTHORIZATION },
    CLIENT_ID,
  );
  return async () => {
    const codeVerifier = randomPKCECodeVerifier();
    const state = randomState();
    const nonce = randomNonce();
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: REDIRECT_URI,
      scope: SCOPE.join(" "),
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return { url: url.href, state, nonce, codeVerifier };
  };
}

function arcticClient(): () => Promise<Begun> {
  const client = new Arctic(CLIENT_ID, null, REDIRECT_URI);
  return () => {
    const codeVerifier = generateCodeVerifier();
    const state = generateState();
    const url = client.createAuthorizationURLWithPKCE(
      AUTHORIZATION,
      state,
      CodeChallengeMethod.S256,
      codeVerifier,
      SCOPE,
    );
    // arctic makes no nonce: its caller adds one to the URL.
    const nonce = generateState();
    url.searchParams.set("nonce", nonce);
    return Promise.resolve({ url: url.href, state, nonce, codeVerifier });
  };
}

function sideOf(name: string, begin: () => Promise<Begun>): Side {
  return {
    name,
    async batch() {
      const begun: Begun[] = [];
      const start = process.hrtime.bigint();
      for (let made = 0; made < BATCH; made += 1) begun.push(await begin());
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      // After the clock has stopped: the check costs more than what is checked.
      for (const each of begun) check(name, each);
      if (new Set(begun.map(({ state }) => state)).size !== BATCH) {
        throw new Error(`${name} used a state twice`);
      }
      return BATCH / seconds;
    },
  };
}

function check(name: string, { url, state, nonce, codeVerifier }: Begun): void {
  const sent = Object.fromEntries(new URL(url).searchParams);
  const expected: Record<string, string> = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    scope: SCOPE.join(" "),
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
    state,
    nonce,
  };
  for (const [parameter, value] of Object.entries(expected)) {
    if (value === "" || sent[parameter] !== value) {
      throw new Error(`${name} made a wrong authorization request: ${parameter} in ${url}`);
    }
  }
}
