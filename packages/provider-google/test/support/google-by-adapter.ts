import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { HttpOptions } from "@grantkit/provider-google";

/** A request that reached the stand-in for Google. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the stand-in answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or what is sent as JSON. */
  readonly body?: unknown;
}

/** Answers the requests of one client in its place, without a network, and records them. */
export class GoogleByAdapter {
  readonly requests: SentRequest[] = [];
  readonly #answers: Record<string, (request: SentRequest) => Answer>;

  /** @param answers - By URL without its query. */
  constructor(answers: Record<string, (request: SentRequest) => Answer>) {
    this.#answers = answers;
  }

  /** The `http` option of the client. */
  get http(): HttpOptions {
    return {
      adapter: async (config) => {
        const request: SentRequest = {
          url: config.url ?? "",
          method: (config.method ?? "get").toUpperCase(),
          headers: Object.fromEntries(
            Object.entries(config.headers.toJSON()).map(([name, value]) => [
              name.toLowerCase(),
              String(value),
            ]),
          ),
          body: config.data === undefined ? "" : String(config.data),
        };
        this.requests.push(request);
        const answer = this.#answers[request.url.split("?")[0] as string]?.(request);
        if (!answer) throw new Error(`no answer for ${request.url}`);
        const { status = 200, headers, body = "" } = answer;
        const isText = typeof body === "string";
        const bytes = new TextEncoder().encode(isText ? body : JSON.stringify(body));
        const type = isText ? "text/plain" : "application/json; charset=utf-8";
        const data =
          config.responseType === "arraybuffer"
            ? bytes.buffer
            : config.responseType === "stream"
              ? new Response(bytes).body
              : new TextDecoder().decode(bytes);
        const response = { status, statusText: "", headers: { "content-type": type, ...headers } };
        return Promise.resolve({ ...response, data, config });
      },
    };
  }
}

/** Signs what Google signs, with a key of the test's own, and publishes it. */
export class GoogleKeys {
  readonly #privateKey: KeyObject;
  readonly jwks: { readonly keys: readonly object[] };

  constructor(kid = "key-1") {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#privateKey = privateKey;
    this.jwks = {
      keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }],
    };
  }

  sign(claims: object, header: object = {}): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = part({ alg: "RS256", kid: "key-1", typ: "JWT", ...header });
    const input = `${head}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(input), this.#privateKey);
    return `${input}.${signature.toString("base64url")}`;
  }
}
