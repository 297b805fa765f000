import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Profile } from "@grantkit/core";
import { type OAuth1Emulator, startOAuth1 } from "@grantkit/emulator";
import {
  defineOAuth1Provider,
  type OAuth1Provider,
  OAuth1Session,
  type OAuth1SessionOptions,
  x,
} from "@grantkit/oauth1";
import { credentials } from "./credentials.ts";
import type { OAuth1Call, OAuth1Demo } from "./oauth1-demo.ts";
import type { ProvidersOptions } from "./providers.ts";
import { recordingAdapter } from "./recording-adapter.ts";

/** The provider of OAuth 1.0a: X where the environment has credentials, an emulator otherwise. */
export async function openOAuth1(
  options: ProvidersOptions,
): Promise<{ readonly oauth1: OAuth1Demo; readonly close: () => Promise<void> }> {
  const { publicUrl, environment, clock } = options;
  const shared = { http: { adapter: recordingAdapter }, ...(clock && { clock }) };
  const real = credentials(environment, "X_CLIENT_KEY", "X_CLIENT_SECRET");
  if (real) {
    const app = { ...shared, clientKey: real.clientId, clientSecret: real.clientSecret };
    return { oauth1: xDemo(app), close: () => Promise.resolve() };
  }
  const emulator = await startOAuth1({
    applicationName: "Grantkit playground",
    redirectUris: [`${publicUrl}/callback/oauth1`],
    ...(clock && { now: () => clock.now() }),
  });
  return { oauth1: emulatedDemo(shared, emulator), close: () => emulator.close() };
}

type Shared = Pick<OAuth1SessionOptions, "http" | "clock">;

const WRONG_SECRET = "not-the-secret-of-this-app";

function emulatedDemo(shared: Shared, emulator: OAuth1Emulator): OAuth1Demo {
  const { api, ...endpoints } = emulator.endpoints;
  const provider = defineOAuth1Provider({ name: "oauth1", endpoints, api: { baseUrl: api } });
  const { clientId: clientKey, clientSecret } = emulator;
  const rightKey = once(() => emulator.createConsumerKey());
  const strangeKey = once(anyRsaKey);
  const privateKey = async (wrong: boolean): Promise<string> => {
    // First the right one, always: without a public key the emulator refuses the method, not the signature.
    const right = await rightKey();
    return wrong ? strangeKey() : right;
  };
  return {
    name: "oauth1",
    title: "OAuth 1.0a",
    mark: "1.0",
    teaser:
      "Every request is signed. Choose how, and see what goes into a signature and what breaks it.",
    methods: [
      "HMAC-SHA1",
      "HMAC-SHA256",
      "HMAC-SHA512",
      "RSA-SHA1",
      "RSA-SHA256",
      "RSA-SHA512",
      "PLAINTEXT",
    ],
    placements: ["header", "query", "body"],
    authorizationOrigin: emulator.origin,
    session: async ({ method, placement }, { wrongKey = false, ...options }) =>
      new OAuth1Session({
        ...shared,
        ...options,
        provider,
        clientKey,
        signatureMethod: method,
        signatureType: placement,
        forceIncludeBody: true,
        ...(method.startsWith("RSA-")
          ? { privateKey: await privateKey(wrongKey) }
          : { clientSecret: wrongKey ? WRONG_SECRET : clientSecret }),
      }),
    profile: async (session) => {
      const { data } = await session.get<EmulatedUser>("/me");
      const { id, screen_name: username, name, email, picture } = data;
      return { id, username, name, email: email ?? undefined, picture, raw: { ...data } };
    },
    calls: EMULATED_CALLS,
    baseString: (tokenKey) =>
      emulator.requests.findLast(({ signatureBaseString }) =>
        signatureBaseString?.includes(`oauth_token%3D${tokenKey}`),
      )?.signatureBaseString,
    noEmail: "none given",
    emulator: emulator.origin,
  };
}

interface EmulatedUser {
  readonly id: string;
  readonly screen_name: string;
  readonly name: string;
  readonly email: string | null;
  readonly picture: string;
}

const EMULATED_CALLS: readonly OAuth1Call[] = [
  { name: "me", label: "GET /me", send: (session) => session.get<unknown>("/me") },
  {
    name: "form",
    label: "POST /echo, a form",
    send: (session) =>
      session.post<unknown>(
        "/echo",
        new URLSearchParams({ engine: "Analytical & difference", price: "100 % of £17,000" }),
      ),
  },
  {
    name: "json",
    label: "POST /echo, JSON with a body hash",
    send: (session) =>
      session.post<unknown>("/echo", JSON.stringify({ note: "G", numbers: [1, -1, 42] }), {
        headers: { "Content-Type": "application/json" },
      }),
  },
  {
    name: "wrong",
    label: "GET /me, signed with a wrong secret",
    wrongKey: true,
    send: (session) => session.get<unknown>("/me"),
  },
];

function xDemo(app: Shared & { clientKey: string; clientSecret: string }): OAuth1Demo {
  const provider: OAuth1Provider = x();
  return {
    name: "oauth1",
    title: "X",
    mark: "X",
    teaser: "OAuth 1.0a: every request is signed.",
    methods: ["HMAC-SHA1"],
    placements: ["header"],
    authorizationOrigin: new URL(provider.endpoints.authorization).origin,
    session: ({ method, placement }, { wrongKey = false, ...options }) =>
      Promise.resolve(
        new OAuth1Session({
          ...app,
          ...options,
          provider,
          signatureMethod: method,
          signatureType: placement,
          ...(wrongKey && { clientSecret: WRONG_SECRET }),
        }),
      ),
    profile: async (session) => profileAtX((await session.get<XUser>(X_ME)).data),
    calls: [
      { name: "me", label: "GET /2/users/me", send: (session) => session.get<unknown>(X_ME) },
      {
        name: "wrong",
        label: "GET /2/users/me, signed with a wrong secret",
        wrongKey: true,
        send: (session) => session.get<unknown>(X_ME),
      },
    ],
    noEmail: "not asked for",
    emulator: undefined,
  };
}

const X_ME = "/2/users/me?user.fields=profile_image_url";

interface XUser {
  readonly data: {
    readonly id: string;
    readonly name: string;
    readonly username: string;
    readonly profile_image_url?: string;
  };
}

function profileAtX({ data }: XUser): Profile {
  const { id, name, username, profile_image_url: picture } = data;
  return { id, name, username, picture, raw: { ...data } };
}

async function anyRsaKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Made when it is first asked for: an RSA key takes its time. */
function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => (made ??= make());
}
