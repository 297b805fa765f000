import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expired, type RotatingProvider } from "./rotating-provider.ts";
import { TokenGate } from "./token-gate.ts";

/** What is used of oidc-provider, which comes without types. */
interface OidcProvider {
  callback(): (request: unknown, response: unknown) => Promise<void>;
  readonly Client: { find(id: string): Promise<unknown> };
  readonly Grant: new (fields: object) => {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  };
  readonly RefreshToken: new (fields: object) => { save(): Promise<string> };
}
type Configuration = Readonly<Record<string, unknown>>;

const CREDENTIALS = { clientId: "web", clientSecret: "certified-secret" };
const SCOPE = "openid offline_access";

/** How oidc-provider behaves. */
export interface CertifiedOptions {
  /**
   * The seconds that an access token lives by the answers. It is accepted for an hour, so that a busy machine makes no
   * difference.
   *
   * @defaultValue 3600
   */
  readonly lifetime?: number;
}

/** Starts oidc-provider, the certified authorization server. Its users have signed in already: each has a refresh token. */
export async function startCertified({
  lifetime,
}: CertifiedOptions = {}): Promise<RotatingProvider> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = await makeProvider(issuer);
  server.on("request", provider.callback());
  const gate = await TokenGate.start(`${issuer}/token`, lifetime);
  const client = await provider.Client.find(CREDENTIALS.clientId);
  return {
    client: {
      provider: "certified",
      ...CREDENTIALS,
      endpoints: {
        issuer,
        authorization: `${issuer}/auth`,
        token: gate.url,
        jwks: `${issuer}/jwks`,
        userInfo: `${issuer}/me`,
        revocation: `${issuer}/token/revocation`,
      },
      path: "/me",
    },
    gate,
    async signIn() {
      const accountId = randomUUID();
      const grant = new provider.Grant({ accountId, clientId: CREDENTIALS.clientId });
      grant.addOIDCScope(SCOPE);
      const grantId = await grant.save();
      const fields = { accountId, client, grantId, scope: SCOPE, gty: "authorization_code" };
      const refreshToken = await new provider.RefreshToken(fields).save();
      return expired({ accessToken: "none-yet", refreshToken, scope: SCOPE.split(" ") });
    },
    async close() {
      await gate.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function makeProvider(issuer: string): Promise<OidcProvider> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "key", use: "sig", alg: "RS256" };
  return quietly(async () => {
    // @ts-expect-error -- it has no types
    const { default: Provider } = (await import("oidc-provider")) as {
      default: new (issuer: string, configuration: Configuration) => OidcProvider;
    };
    // @ts-expect-error -- it has no types
    const { default: Adapter } = (await import("oidc-provider/lib/adapters/memory_adapter.js")) as {
      default: new (model: string, storage: Map<string, unknown>) => object;
    };
    // Its own storage forgets tokens when it has a thousand.
    const storage = new Map<string, unknown>();
    return new Provider(issuer, {
      adapter: (model: string) => new Adapter(model, storage),
      clients: [
        {
          client_id: CREDENTIALS.clientId,
          client_secret: CREDENTIALS.clientSecret,
          redirect_uris: ["https://app.example.com/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          token_endpoint_auth_method: "client_secret_post",
        },
      ],
      jwks: { keys: [key] },
      scopes: SCOPE.split(" "),
      features: { revocation: { enabled: true }, devInteractions: { enabled: false } },
      cookies: { keys: ["cookie-key"] },
      ttl: { AccessToken: 3600, RefreshToken: 86_400, Grant: 86_400, IdToken: 3600 },
      rotateRefreshToken: true,
      issueRefreshToken: () => true,
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id }),
      }),
    });
  });
}

/**
 * Makes something without the warnings on the console, and with a `structuredClone` that makes objects of this realm: Jest's
 * objects are of another one than Node's, and oidc-provider does not take those for plain ones.
 */
async function quietly<T>(make: () => Promise<T>): Promise<T> {
  const { structuredClone } = globalThis;
  const { warn, info } = console;
  Object.assign(globalThis, { structuredClone: plainClone });
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  try {
    return await make();
  } finally {
    Object.assign(globalThis, { structuredClone });
    Object.assign(console, { warn, info });
  }
}

function plainClone<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainClone) as T;
  const entries = Object.entries(value).map(([name, part]) => [name, plainClone(part as unknown)]);
  return Object.fromEntries(entries) as T;
}
