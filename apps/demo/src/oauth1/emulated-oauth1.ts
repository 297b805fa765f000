import { createPublicKey } from "node:crypto";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { type BuiltInSignatureMethod, defineOAuth1Provider, systemClock } from "@grantkit/oauth1";
import type { Opening } from "../targets/open-targets.ts";
import { oauth1Client, type SigningKeys, WRONG_SECRET } from "./oauth1-client.ts";
import { oauth1Faults } from "./oauth1-faults.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { xRegistration } from "./x-target.ts";

const ACCEPTED = {
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
} as const;

/** Opens the OAuth 1.0a emulator, with all signature methods, xAuth and tokens that can be renewed. */
export async function emulatedOAuth1(opening: Opening): Promise<OAuth1Target> {
  const emulator = await startOAuth1({
    ...opening.emulationOf("oauth1"),
    renewal: true,
    xAuth: true,
  });
  opening.running.push(emulator);
  const { api, ...endpoints } = emulator.endpoints;
  const { clientId: clientKey, clientSecret } = emulator;
  const provider = defineOAuth1Provider({ name: "oauth1", endpoints, api: { baseUrl: api } });
  const app = { ...opening.shared, provider, clientKey, forceIncludeBody: true };
  const privateKeys = consumerKeys(emulator);
  const keys: SigningKeys = async (method, isWrong) => {
    if (!isRsa(method)) return { clientSecret: isWrong ? WRONG_SECRET : clientSecret };
    const { wrong, right } = await privateKeys();
    return { privateKey: isWrong ? wrong : right };
  };
  return {
    protocol: "oauth1",
    id: "oauth1",
    title: "OAuth 1.0a",
    kind: "emulator",
    teaser: "Every request is signed. Choose how, see what is signed, and break the signature.",
    origin: emulator.origin,
    authorizationOrigins: [emulator.origin],
    ...ACCEPTED,
    callbackUrl: `${opening.publicUrl}/callback/oauth1`,
    profile: "/me",
    echo: "/echo",
    sampleUser: { name: "ada_l", password: "correct horse battery staple" },
    without: {},
    faults: oauth1Faults(emulator),
    registration: xRegistration(opening),
    createClient: (values) => oauth1Client(app, keys, ACCEPTED, values),
    clock: opening.shared.clock ?? systemClock,
    lookup: async (key, { signatureMethod }) => {
      if (key !== clientKey) return undefined;
      if (!signatureMethod.startsWith("RSA-")) return { clientSecret };
      const publicKey = createPublicKey((await privateKeys()).right);
      return { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
    },
    baseStringOf: ({ url, requestHeaders = {}, requestBody = "" }) => {
      const sent = `${url} ${JSON.stringify(requestHeaders)} ${requestBody}`;
      const nonce = /oauth_nonce=[\\"]*([\w-]+)/.exec(sent)?.[1];
      return emulator.requests.find(
        ({ signatureBaseString }) =>
          nonce !== undefined && signatureBaseString?.includes(`oauth_nonce%3D${nonce}`),
      )?.signatureBaseString;
    },
    code: {
      imported: "defineOAuth1Provider",
      provider: `defineOAuth1Provider(${JSON.stringify({ name: "oauth1", endpoints, api: { baseUrl: api } }, undefined, 2)})`,
    },
  };
}

interface ConsumerKeys {
  readonly wrong: string;
  readonly right: string;
}

/** Creates RSA keys when they are first needed. The emulator verifies with the one that it created last. */
function consumerKeys(emulator: OAuth1Emulator): () => Promise<ConsumerKeys> {
  let keys: Promise<ConsumerKeys> | undefined;
  const create = async (): Promise<ConsumerKeys> => ({
    wrong: await emulator.createConsumerKey(),
    right: await emulator.createConsumerKey(),
  });
  return () => (keys ??= create());
}

function isRsa(method: BuiltInSignatureMethod): boolean {
  return method.startsWith("RSA-");
}
