import { jest } from "@jest/globals";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { signingKey } from "./faulty-provider.ts";

/** A request to the token endpoint, as the server's socket saw it. */
interface TokenCall {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

const KEY = signingKey("RS256", "real");
const REDIRECT_URI = "https://app.example.com/callback";

/** `oidc-provider`, a certified authorization server, on this machine. */
export class AuthorizationServer {
  /** The token requests so far. */
  readonly tokenCalls: TokenCall[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param clients - As oidc-provider has them; every one may use codes and refresh tokens. */
  static async start(
    clients: readonly Readonly<Record<string, unknown>>[],
  ): Promise<AuthorizationServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const started = new AuthorizationServer(server);
    // It says in many words, and from the start, that this is no production set-up.
    jest.spyOn(console, "warn").mockImplementation(() => undefined);
    jest.spyOn(console, "info").mockImplementation(() => undefined);
    const { default: Provider } = await import("oidc-provider");
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
    }).callback();
    server.on("request", (request, response) => {
      if (request.method === "POST" && request.url === "/token") {
        const { authorization } = request.headers;
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () =>
          started.tokenCalls.push({
            authorization,
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
    const cookies = new Map<string, string>();
    let next: { readonly url: string; readonly form?: URLSearchParams } = { url };
    for (let step = 0; step < 20; step += 1) {
      const response = await fetch(next.url, {
        redirect: "manual",
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        ...(next.form && { method: "POST", body: next.form }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) as unknown as [
          string,
          string,
          string,
        ];
        cookies.set(name, value);
      }
      const page = await response.text();
      const location = response.headers.get("location");
      if (location?.startsWith(REDIRECT_URI)) return location;
      next = location
        ? { url: new URL(location, next.url).href }
        : { url: actionOf(page), form: answerTo(page, login) };
    }
    throw new Error("the sign-in has no end");
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

function actionOf(page: string): string {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`a page without a form: ${page}`);
  return action.replaceAll("&amp;", "&");
}

/** The built-in sign-in page and the built-in consent page of oidc-provider. */
function answerTo(page: string, login: string): URLSearchParams {
  return page.includes('value="consent"')
    ? new URLSearchParams({ prompt: "consent" })
    : new URLSearchParams({ prompt: "login", login, password: "any" });
}
