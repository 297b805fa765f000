import { OAuth2Client as BadgatewayClient, OAuth2Fetch } from "@badgateway/oauth2-client";
import { defineProvider, MemoryTokenStore, OAuth2Client } from "@grantkit/core";
import { OAuth2Client as GoogleClient } from "google-auth-library";
import { AuthorizationCode } from "simple-oauth2";
import type { RotatingProvider, StoredToken } from "./rotating-provider.ts";

/** Whether an API call was answered with what was asked for. */
type Caller = () => Promise<boolean>;

/** What is tried: how the callers share what they have, and what they know of the token's end. */
interface Situation {
  readonly provider: RotatingProvider;
  readonly stored: StoredToken;
  /** Milliseconds since the epoch: what the client believes. */
  readonly expiresAt: number;
  readonly callers: number;
}

/** Makes the callers of one library; undefined where it has no such thing. */
export type Arrangement = (situation: Situation) => Promise<Caller[]> | Caller[];

const CLIENT = { clientId: "benchmarks", clientSecret: "benchmarks-secret" };

function ours({ provider }: Situation): OAuth2Client {
  const { origin } = provider;
  const definition = defineProvider({
    name: "rotating",
    endpoints: { token: `${origin}/token` },
    api: { baseUrl: `${origin}/api` },
  });
  return new OAuth2Client(definition, CLIENT);
}

type Session = ReturnType<OAuth2Client["session"]>;

const callOf =
  (session: Session): Caller =>
  () =>
    session.get("/me").then(
      ({ status }) => status === 200,
      () => false,
    );

function dealt(sessions: readonly Session[], callers: number): Caller[] {
  return Array.from({ length: callers }, (_, index) =>
    callOf(sessions[index % sessions.length] as Session),
  );
}

/** Grantkit's ways. */
export const OURS: Readonly<Record<string, Arrangement>> = {
  "one session": (situation) =>
    dealt([ours(situation).session(tokenOf(situation))], situation.callers),
  "two sessions": (situation) => {
    const client = ours(situation);
    const token = tokenOf(situation);
    return dealt([client.session(token), client.session(token)], situation.callers);
  },
  "a session each": (situation) => {
    const client = ours(situation);
    const token = tokenOf(situation);
    const sessions = Array.from({ length: situation.callers }, () => client.session(token));
    return dealt(sessions, situation.callers);
  },
  "two clients, one store": async (situation) => {
    const store = new MemoryTokenStore();
    const where = { store, key: "user" };
    const first = await ours(situation).storedSession({ ...where, token: tokenOf(situation) });
    return dealt([first, await ours(situation).storedSession(where)], situation.callers);
  },
};

function tokenOf({ stored, expiresAt }: Situation) {
  return { ...stored, expiresAt };
}

function googleClient({ provider, stored, expiresAt }: Situation): GoogleClient {
  const client = new GoogleClient({
    ...CLIENT,
    // Off by default: without it a token that ends early stays.
    forceRefreshOnFailure: true,
    endpoints: { oauth2TokenUrl: `${provider.origin}/token` },
  });
  client.setCredentials({
    access_token: stored.accessToken,
    refresh_token: stored.refreshToken,
    expiry_date: expiresAt,
  });
  return client;
}

const googleCall =
  (client: GoogleClient, { provider }: Situation): Caller =>
  () =>
    client.request({ url: `${provider.origin}/api/me`, retry: false }).then(
      ({ status }) => status === 200,
      () => false,
    );

/** One client for all callers, and one each, which is what a server has that makes one for each request. */
const GOOGLE: Readonly<Record<string, Arrangement>> = {
  "one session": (situation) => {
    const client = googleClient(situation);
    return Array.from({ length: situation.callers }, () => googleCall(client, situation));
  },
  "two sessions": (situation) => {
    const clients = [googleClient(situation), googleClient(situation)];
    return Array.from({ length: situation.callers }, (_, index) =>
      googleCall(clients[index % 2] as GoogleClient, situation),
    );
  },
  "a session each": (situation) =>
    Array.from({ length: situation.callers }, () => googleCall(googleClient(situation), situation)),
};

function badgatewayFetch({ provider, stored, expiresAt }: Situation): OAuth2Fetch {
  const client = new BadgatewayClient({
    ...CLIENT,
    server: provider.origin,
    tokenEndpoint: "/token",
  });
  return new OAuth2Fetch({
    client,
    scheduleRefresh: false,
    getStoredToken: () => ({ ...stored, expiresAt }),
    getNewToken: () => null,
  });
}

const badgatewayCall =
  (wrapper: OAuth2Fetch, { provider }: Situation): Caller =>
  () =>
    wrapper.fetch(`${provider.origin}/api/me`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status === 200;
      },
      () => false,
    );

const BADGATEWAY: Readonly<Record<string, Arrangement>> = {
  "one session": (situation) => {
    const wrapper = badgatewayFetch(situation);
    return Array.from({ length: situation.callers }, () => badgatewayCall(wrapper, situation));
  },
  "two sessions": (situation) => {
    const wrappers = [badgatewayFetch(situation), badgatewayFetch(situation)];
    return Array.from({ length: situation.callers }, (_, index) =>
      badgatewayCall(wrappers[index % 2] as OAuth2Fetch, situation),
    );
  },
  "a session each": (situation) =>
    Array.from({ length: situation.callers }, () =>
      badgatewayCall(badgatewayFetch(situation), situation),
    ),
};

/** As its README does it: look whether the token has ended, and refresh it. It does not react to a 401. */
const SIMPLE: Readonly<Record<string, Arrangement>> = {
  "one session": ({ provider, stored, expiresAt, callers }) => {
    const client = new AuthorizationCode({
      client: { id: CLIENT.clientId, secret: CLIENT.clientSecret },
      auth: { tokenHost: provider.origin, tokenPath: "/token" },
    });
    let token = client.createToken({
      access_token: stored.accessToken,
      refresh_token: stored.refreshToken,
      expires_at: new Date(expiresAt),
    });
    const call: Caller = async () => {
      try {
        if (token.expired()) token = await token.refresh();
        const response = await fetch(`${provider.origin}/api/me`, {
          headers: { authorization: `Bearer ${String(token.token["access_token"])}` },
        });
        await response.arrayBuffer();
        return response.status === 200;
      } catch {
        return false;
      }
    };
    return Array.from({ length: callers }, () => call);
  },
};

/** The peers' ways, by their names. */
export const PEERS: Readonly<Record<string, Readonly<Record<string, Arrangement>>>> = {
  "google-auth-library": GOOGLE,
  "@badgateway/oauth2-client": BADGATEWAY,
  "simple-oauth2": SIMPLE,
};
