import type { SignedRequest } from "@grantkit/oauth1";

/** A request as it is on the wire: what a server sees, and nothing else. */
export interface WireRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** The request line's target: path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** What an HTTP client makes of a signed request; throws if it could make something else of it. */
export function onTheWire(signed: SignedRequest): WireRequest {
  const match = /^(https?):\/\/([^/?#@]+)(\/[^#]*)$/.exec(signed.url);
  if (!match || new URL(signed.url).href !== signed.url) {
    throw new Error(`HTTP clients would not send this URL as it is: ${signed.url}`);
  }
  const [, scheme, authority = "", target = ""] = match;
  const headers = Object.entries(signed.headers);
  for (const [name, value] of headers) {
    if (!/^[\x20-\x7e]*$/.test(value)) throw new Error(`The header ${name} is not ASCII`);
  }
  const hasHost = headers.some(([name]) => name.toLowerCase() === "host");
  return {
    scheme: scheme as "http" | "https",
    method: signed.method,
    target,
    headers: hasHost ? headers : [["Host", authority], ...headers],
    body: bytesOf(signed.body),
  };
}

/** A header's value; throws where it is there twice. */
export function headerOf({ headers }: WireRequest, name: string): string | undefined {
  const values = headers.filter(([each]) => each.toLowerCase() === name.toLowerCase());
  if (values.length > 1) throw new Error(`There are ${values.length} headers ${name}`);
  return values[0]?.[1];
}

function bytesOf(body: SignedRequest["body"]): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body, "utf8");
  return ArrayBuffer.isView(body)
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    : Buffer.from(body);
}
