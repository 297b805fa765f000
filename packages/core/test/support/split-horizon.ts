import { createHash } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { type SigningKey, signature, signingKey } from "./faulty-provider.ts";
import { type Answer, LoopbackServer, type ReceivedRequest } from "./loopback-server.ts";
import { named } from "./named-hosts.ts";

const CERTIFICATE: Certificate = makeCertificate("id.acme.example");
const KEY: SigningKey = signingKey("ES256", "split");
const REALM = "/realms/acme";

/**
 * An OpenID provider with two addresses, as Keycloak has with `hostname` and `hostname-backchannel-dynamic`: browsers and
 * `iss` know `https://id.acme.example`, and the app's container reaches `http://keycloak`. Each address answers only what
 * belongs there: no token is given at the public one, and no user signs in at the internal one.
 */
export class SplitHorizonProvider {
  readonly internal: LoopbackServer;
  /** What reached the public address, path and query. */
  readonly publicRequests: string[] = [];
  /** Changes the metadata. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** The `iss` of the next ID tokens; by default the issuer. */
  tokenIssuer: string | undefined;
  /** Answers the metadata's request. */
  metadataAnswer: Answer | undefined;
  readonly #public: Server;
  /** Codes that were given, with the parameters of their authorization request. */
  readonly #codes = new Map<string, URLSearchParams>();

  private constructor(internal: LoopbackServer, publicServer: Server) {
    this.internal = internal;
    this.#public = publicServer;
    internal.answer = (request) => this.#answer(request);
  }

  static async start(): Promise<SplitHorizonProvider> {
    const server = createServer(CERTIFICATE);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const started = new SplitHorizonProvider(await LoopbackServer.start(), server);
    server.on("request", ({ url = "" }, response) => {
      started.publicRequests.push(url);
      const isMetadata = url === `${REALM}/.well-known/openid-configuration`;
      response.statusCode = isMetadata ? 200 : 404;
      response.end(isMetadata ? JSON.stringify(started.#document(started.issuer)) : "");
    });
    return started;
  }

  /** The certificate of the public address. */
  get certificate(): Buffer {
    return CERTIFICATE.cert;
  }

  /** The public name. */
  get issuer(): string {
    return `https://id.acme.example:${(this.#public.address() as AddressInfo).port}${REALM}`;
  }

  /** The internal origin, where the other containers reach it. */
  get keycloak(): string {
    return named("keycloak", this.internal.origin);
  }

  /** Where the metadata is on the internal network. */
  get metadataUrl(): string {
    return `${this.keycloak}${REALM}/.well-known/openid-configuration`;
  }

  /** A user's browser: signs in at the public address, and gives the callback. */
  visit(url: string): string {
    const { origin, pathname, searchParams } = new URL(url);
    if (`${origin}${pathname}` !== `${this.issuer}/authorize`) throw new Error(`no page at ${url}`);
    const code = `code-${this.#codes.size}`;
    this.#codes.set(code, searchParams);
    const state = searchParams.get("state") ?? "";
    return `/callback?${new URLSearchParams({ code, state, iss: this.issuer }).toString()}`;
  }

  async close(): Promise<void> {
    this.#public.closeAllConnections();
    await new Promise((resolve) => this.#public.close(resolve));
    await this.internal.close();
  }

  /** @param backchannel - The address of the endpoints that no browser opens. */
  #document(backchannel: string): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      end_session_endpoint: `${this.issuer}/logout`,
      token_endpoint: `${backchannel}/token`,
      jwks_uri: `${backchannel}/jwks`,
      userinfo_endpoint: `${backchannel}/me`,
      id_token_signing_alg_values_supported: ["ES256"],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  #answer({ url, body, headers }: ReceivedRequest): Answer {
    switch (url.slice(REALM.length)) {
      case "/.well-known/openid-configuration":
        return this.metadataAnswer ?? { body: this.#document(`${this.keycloak}${REALM}`) };
      case "/moved":
        return { body: this.#document(`${this.keycloak}${REALM}`) };
      case "/jwks":
        return { body: { keys: [KEY.jwk] } };
      case "/token":
        return this.#token(new URLSearchParams(body));
      case "/me":
        return headers.authorization === "Bearer at-split-0001"
          ? { body: { sub: "ada", email: "ada@acme.example" } }
          : { status: 401, body: {} };
      default:
        return { status: 404 };
    }
  }

  #token(form: URLSearchParams): Answer {
    const asked = this.#codes.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!asked || asked.get("code_challenge") !== challenge) {
      return { status: 400, body: { error: "invalid_grant" } };
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.tokenIssuer ?? this.issuer,
      sub: "ada",
      aud: "client-id",
      iat: now,
      exp: now + 600,
      nonce: asked.get("nonce"),
    };
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const input = `${part({ alg: "ES256", kid: KEY.kid })}.${part(claims)}`;
    const signed = signature("ES256", KEY.privateKey, input).toString("base64url");
    const idToken = `${input}.${signed}`;
    return {
      body: { access_token: "at-split-0001", token_type: "Bearer", id_token: idToken },
    };
  }
}
