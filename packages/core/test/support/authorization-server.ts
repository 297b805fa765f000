import { jest } from "@jest/globals";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Browser } from "./browser.ts";
import { signingKey } from "./faulty-provider.ts";
import { plainClone } from "./plain-clone.ts";

/** A request to the token endpoint, as the server's socket saw it. */
interface TokenCall {
  readonly authorization: string | undefined;
  readonly dpop: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

const KEY = signingKey("RS256", "real");
const REDIRECT_URI = "https://app.example.com/callback";

/** The certified authorization server `oidc-provider`, on this machine. */
export class AuthorizationServer {
  /** The token requests so far. */
  readonly tokenCalls: TokenCall[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param clients - As oidc-provider has them; by default each may use codes and refresh tokens.
   * @param configuration - What else oidc-provider is to do.
   */
  static async start(
    clients: readonly Readonly<Record<string, unknown>>[],
    configuration: Readonly<Record<string, unknown>> = {},
  ): Promise<AuthorizationServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const started = new AuthorizationServer(server);
    // It warns at every start that this is not a production configuration.
    jest.spyOn(console, "warn").mockImplementation(() => undefined);
    jest.spyOn(console, "info").mockImplementation(() => undefined);
    const { default: Provider } = await import("oidc-provider");
    const cloning = jest.spyOn(globalThis, "structuredClone").mockImplementation(plainClone);
    const handle = new Provider(started.issuer, {
      clients: clients.map((client) => ({
        redirect_uris: [REDIRECT_URI],
        grant_types: ["authorization_code", "refresh_token"],
        ...client,
      })),
      jwks: { keys: [KEY.privateKey.export({ format: "jwk" })].map(withNames) },
      scopes: ["openid", "offline_access", "email"],
      claims: { openid: ["sub"], email: ["email", "email_verified"] },
      conformIdTokenClaims: true,
      cookies: { keys: ["cookie-key"] },
      pkce: { required: () => true },
      rotateRefreshToken: true,
      issueRefreshToken: () => true,
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }),
      }),
      ...configuration,
    }).callback();
    cloning.mockRestore();
    server.on("request", (request, response) => {
      if (request.method === "POST" && request.url === "/token") {
        const { authorization, dpop } = request.headers;
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () =>
          started.tokenCalls.push({
            authorization,
            dpop: dpop as string | undefined,
            form: Object.fromEntries(new URLSearchParams(body)),
          }),
        );
      }
      void handle(request, response);
    });
    return started;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A user's browser: follows an authorization request through sign-in and consent to the callback. */
  async visit(url: string, login: string): Promise<string> {
    const end = await new Browser(login).open(url);
    if (!end.url.startsWith(REDIRECT_URI)) throw new Error(`the sign-in ended at: ${end.page}`);
    return end.url;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    jest.restoreAllMocks();
  }
}

function withNames(jwk: object): object {
  return { ...jwk, kid: KEY.kid, alg: KEY.alg, use: "sig" };
}
