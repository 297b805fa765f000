import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server received. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The fields of the query and of the form. */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response of the server. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

interface Grant {
  readonly query: Readonly<Record<string, string>>;
  readonly scope: readonly string[];
}

/** A tenant, and its user's. */
export const TENANT = "11111111-2222-4333-8444-555555555555";
export const OTHER_TENANT = "99999999-2222-4333-8444-555555555555";
/** The tenant of all personal accounts. */
export const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
export const OID = "00000000-0000-4000-a6f3-3332eca7ea81";
export const SUB = "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ";

/** Signing keys are slow to make: one for all servers of a file. */
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/**
 * Microsoft Entra ID and Microsoft Graph on this machine, made from Microsoft's documentation and never from the client.
 *
 * - ID tokens name the user's tenant in `iss` and `tid`; the keys are the same for all tenants.
 * - A refresh token needs the scope `offline_access`, which the response's `scope` never has.
 * - Errors have AADSTS numbers.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
export class MicrosoftServer {
  readonly clientId: string = "6731de76-14a6-49ae-97bc-6eba6914391e";
  readonly clientSecret: string = "client-secret-of-the-mock";
  /** What the server received, the oldest first. */
  readonly requests: ReceivedRequest[] = [];
  /** Responses that replace the server's own, by path. */
  readonly answers: Map<string, (request: ReceivedRequest) => Answer> = new Map();
  /** Claims that are added to ID tokens, or that replace the usual ones. */
  claims: Readonly<Record<string, unknown>> = {};
  /** The time, in milliseconds since the epoch. */
  now: () => number = () => Date.now();
  /** Whether the user of the device flow has decided. */
  device: "pending" | "approved" | "declined" | "expired" = "pending";
  readonly #server: Server;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();
  readonly #accessTokens = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<MicrosoftServer> {
    const http = createServer();
    const server = new MicrosoftServer(http);
    http.on("request", async (incoming, response) => {
      const { status = 200, headers, body } = server.#answer(await read(incoming));
      // Tests must not depend on the machine's time.
      response.sendDate = false;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    http.unref();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get endpoints() {
    return this.endpointsOf("common");
  }

  /** The endpoints of a tenant, or of `common`. */
  endpointsOf(tenant: string) {
    const base = `${this.origin}/${tenant}`;
    return {
      issuer: { template: `${this.origin}/{tid}/v2.0` },
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      jwks: `${base}/discovery/v2.0/keys`,
      endSession: `${base}/oauth2/v2.0/logout`,
      deviceAuthorization: `${base}/oauth2/v2.0/devicecode`,
      api: `${this.origin}/v1.0`,
    };
  }

  /** The forms that the token endpoint received. */
  get tokenForms(): Readonly<Record<string, string>>[] {
    return this.requests
      .filter(({ path }) => path.endsWith("/oauth2/v2.0/token"))
      .map(({ fields }) => fields);
  }

  /** Opens an authorization URL as the user's browser does, and consents. Returns the callback's URL. */
  async authorize(url: string): Promise<string> {
    const response = await fetch(url, { redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null) throw new Error(await response.text());
    return location;
  }

  /** Signs an ID token for the app. */
  idToken(claims: Readonly<Record<string, unknown>> = {}): string {
    const now = Math.floor(this.now() / 1000);
    const tid = String(claims["tid"] ?? this.claims["tid"] ?? TENANT);
    const usual = {
      iss: `${this.origin}/${tid}/v2.0`,
      aud: this.clientId,
      tid,
      oid: OID,
      sub: SUB,
    };
    const user = { name: "Ada Lovelace", preferred_username: "ada@contoso.example", ver: "2.0" };
    const times = { iat: now, nbf: now, exp: now + 3600 };
    return signJwt({ ...usual, ...user, ...times, ...this.claims, ...claims }, privateKey);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: ReceivedRequest): Answer {
    this.requests.push(request);
    const { path, fields } = request;
    const replaced = this.answers.get(path.replace(/^.*(?=\/oauth2\/)/, ""));
    if (replaced) return replaced(request);
    if (path.endsWith("/oauth2/v2.0/authorize")) return this.#authorize(fields);
    if (path.endsWith("/oauth2/v2.0/token")) return this.#exchange(fields);
    if (path.endsWith("/oauth2/v2.0/devicecode")) return this.#beginDevice();
    if (path.endsWith("/discovery/v2.0/keys")) {
      const jwk = publicKey.export({ format: "jwk" });
      return { body: { keys: [{ ...jwk, kid: "1", use: "sig" }] } };
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!this.#accessTokens.has(token ?? "")) {
      const message = "Access token is empty.";
      return { status: 401, body: { error: { code: "InvalidAuthenticationToken", message } } };
    }
    if (path !== "/v1.0/me") {
      const innerError = { date: "2026-01-15T12:00:00", "request-id": "r-1" };
      const error = { code: "BadRequest", message: "Resource not found", innerError };
      return { status: 404, body: { error } };
    }
    const names = { displayName: "Ada Lovelace", givenName: "Ada", surname: "Lovelace" };
    const user = { id: OID, mail: "ada@contoso.example", userPrincipalName: "ada@contoso.example" };
    return { body: { ...user, ...names, preferredLanguage: "en-GB" } };
  }

  #authorize(query: Grant["query"]): Answer {
    if (!query["scope"]) return refuse(900144, "invalid_request", "The body must contain 'scope'");
    const code = randomUUID();
    this.#codes.set(code, { query, scope: query["scope"].split(" ") });
    const location = new URL(query["redirect_uri"] ?? "");
    location.searchParams.set("code", code);
    location.searchParams.set("state", query["state"] ?? "");
    return { status: 302, headers: { location: location.href }, body: {} };
  }

  #beginDevice(): Answer {
    const verification_uri = "https://microsoft.com/devicelogin";
    const message = `To sign in, use a web browser to open the page ${verification_uri} and enter the code FJC3FWNRM.`;
    const body = { device_code: "d-1", user_code: "FJC3FWNRM", verification_uri, message };
    return { body: { ...body, expires_in: 900, interval: 5 } };
  }

  #exchange(form: ReceivedRequest["fields"]): Answer {
    if (form["client_secret"] !== this.clientSecret && form["client_assertion"] === undefined) {
      return refuse(7000215, "invalid_client", "Invalid client secret provided.", 401);
    }
    const grant = this.#grantOf(form);
    return Object.hasOwn(grant, "body") ? (grant as Answer) : this.#issue(grant as Grant, form);
  }

  #decided(): Grant | Answer {
    if (this.device === "approved") return { query: {}, scope: ["openid", "User.Read"] };
    if (this.device === "declined") return refuse(70_018, "authorization_declined", "Declined.");
    return this.device === "expired"
      ? refuse(70_019, "expired_token", "Expired.")
      : refuse(70_016, "authorization_pending", "Authorization is pending.");
  }

  #spend(refreshToken = ""): Grant | Answer {
    const grant = this.#refreshTokens.get(refreshToken);
    this.#refreshTokens.delete(refreshToken);
    return grant ?? refuse(700_082, "invalid_grant", "The refresh token has expired.");
  }

  #grantOf(form: ReceivedRequest["fields"]): Grant | Answer {
    const scope = (form["scope"] ?? "").split(" ").filter((each) => each !== "");
    switch (form["grant_type"]) {
      case "authorization_code":
        return this.#redeem(form);
      case "refresh_token":
        return this.#spend(form["refresh_token"]);
      case "client_credentials":
        return scope.length === 1 && scope[0]?.endsWith("/.default")
          ? { query: {}, scope }
          : refuse(1002012, "invalid_scope", "The scope must end with /.default.");
      case "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return form["requested_token_use"] === "on_behalf_of" && form["assertion"]
          ? { query: {}, scope }
          : refuse(900144, "invalid_request", "The body must contain 'requested_token_use'.");
      case "urn:ietf:params:oauth:grant-type:device_code":
        return this.#decided();
      default:
        return refuse(70003, "unsupported_grant_type", "The grant type is not supported.");
    }
  }

  #redeem(form: ReceivedRequest["fields"]): Grant | Answer {
    const grant = this.#codes.get(form["code"] ?? "");
    this.#codes.delete(form["code"] ?? "");
    const challenge = createHash("sha256").update(form["code_verifier"] ?? "");
    return grant?.query["code_challenge"] === challenge.digest("base64url")
      ? grant
      : refuse(70008, "invalid_grant", "The code has expired or was used.");
  }

  #issue(grant: Grant, form: ReceivedRequest["fields"]): Answer {
    const accessToken = randomUUID();
    const refreshToken = randomUUID();
    this.#accessTokens.add(accessToken);
    this.#refreshTokens.set(refreshToken, grant);
    const has = (name: string) => grant.scope.includes(name);
    const isRefresh = form["grant_type"] === "refresh_token";
    const nonce = isRefresh ? undefined : grant.query["nonce"];
    return {
      body: {
        access_token: accessToken,
        token_type: "Bearer",
        expires_in: 3600,
        ext_expires_in: 3600,
        scope: grant.scope.filter((each) => each !== "offline_access").join(" "),
        ...(has("offline_access") && { refresh_token: refreshToken }),
        ...(has("openid") && { id_token: this.idToken({ nonce }) }),
      },
    };
  }
}

/** An error of Entra ID. */
export function refuse(
  number: number,
  error: string,
  description: string,
  status = 400,
  more: object = {},
): Answer {
  const ids = { trace_id: "trace-1", correlation_id: "correlation-1" };
  const error_description = `AADSTS${number}: ${description} Trace ID: trace-1`;
  const timestamp = "2026-01-15 12:00:00Z";
  return {
    status,
    body: { error, error_description, error_codes: [number], timestamp, ...ids, ...more },
  };
}

/** Signs a JWT with RS256. */
function signJwt(claims: object, key: KeyObject): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const input = `${encode({ alg: "RS256", kid: "1", typ: "JWT" })}.${encode(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  let body = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) body += String(chunk);
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://127.0.0.1");
  const isForm = incoming.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const form = new URLSearchParams(isForm ? body : "");
  return {
    method: incoming.method ?? "",
    path: pathname,
    headers: incoming.headers,
    fields: Object.fromEntries([...searchParams, ...form]),
    body,
  };
}
