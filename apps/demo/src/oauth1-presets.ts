import type { Profile } from "@grantkit/core";
import type { OAuth1Emulator } from "@grantkit/emulator";
import {
  defineOAuth1Provider,
  OAuth1Session,
  type OAuth1SessionOptions,
  type BuiltInSignatureMethod,
  x,
} from "@grantkit/oauth1";
import type { OAuth1Call, OAuth1Demo } from "./oauth1-demo.ts";

type Shared = Pick<OAuth1SessionOptions, "http" | "clock">;
type SigningKey = Pick<OAuth1SessionOptions, "clientSecret" | "privateKey">;

const WRONG_SECRET = "not-the-secret-of-this-app";

/** Makes a function that opens sessions; `keyOf` gives the secret or the private key to sign with. */
function sessions(
  app: Omit<OAuth1SessionOptions, "clientSecret" | "privateKey">,
  keyOf: (method: BuiltInSignatureMethod, isWrong: boolean) => Promise<SigningKey>,
): OAuth1Demo["session"] {
  return async ({ method, placement }, { wrongKey = false, ...options }) =>
    new OAuth1Session({
      ...app,
      ...options,
      signatureMethod: method,
      signatureType: placement,
      ...(await keyOf(method, wrongKey)),
    });
}

/** The OAuth 1.0a emulator, with all signature methods. */
export function emulatedDemo(shared: Shared, emulator: OAuth1Emulator): OAuth1Demo {
  const { api, ...endpoints } = emulator.endpoints;
  const provider = defineOAuth1Provider({ name: "oauth1", endpoints, api: { baseUrl: api } });
  const { clientId: clientKey, clientSecret } = emulator;
  let keys: Promise<Readonly<Record<"wrong" | "right", string>>> | undefined;
  // The emulator verifies with the key that it created last.
  const createKeys = async () => ({
    wrong: await emulator.createConsumerKey(),
    right: await emulator.createConsumerKey(),
  });
  return {
    name: "oauth1",
    title: "OAuth 1.0a",
    mark: "1.0",
    teaser: "Every request is signed. Choose how, see what is signed, and break the signature.",
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
    authorizationUrl: endpoints.authorization,
    session: sessions(
      { ...shared, provider, clientKey, forceIncludeBody: true },
      async (method, isWrong) => {
        if (!method.startsWith("RSA-")) {
          return { clientSecret: isWrong ? WRONG_SECRET : clientSecret };
        }
        const { wrong, right } = await (keys ??= createKeys());
        return { privateKey: isWrong ? wrong : right };
      },
    ),
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
  getMe("/me"),
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
  withWrongKey(getMe("/me")),
];

/** X, which accepts HMAC-SHA1 in the header only. */
export function xDemo(app: Shared & { clientKey: string; clientSecret: string }): OAuth1Demo {
  const { clientSecret, ...options } = app;
  const provider = x();
  return {
    name: "oauth1",
    title: "X",
    mark: "X",
    teaser: "OAuth 1.0a: every request is signed.",
    methods: ["HMAC-SHA1"],
    placements: ["header"],
    authorizationUrl: provider.endpoints.authorization,
    session: sessions({ ...options, provider }, (_method, isWrong) =>
      Promise.resolve({ clientSecret: isWrong ? WRONG_SECRET : clientSecret }),
    ),
    profile: async (session) => profileAtX((await session.get<XUser>(X_ME)).data),
    calls: [getMe(X_ME), withWrongKey(getMe(X_ME))],
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

function getMe(path: string): OAuth1Call {
  return {
    name: "me",
    label: `GET ${path.split("?", 1)[0]}`,
    send: (session) => session.get<unknown>(path),
  };
}

function withWrongKey(call: OAuth1Call): OAuth1Call {
  const label = `${call.label}, signed with a wrong secret`;
  return { ...call, name: "wrong", label, wrongKey: true };
}
