import type { BuiltInSignatureMethod, OAuth1Credentials, RequestToSign } from "@grantkit/oauth1";
import fc from "fast-check";

/** A request that can be signed, and with what. */
export interface RandomRequest {
  readonly request: RequestToSign & { readonly method: string; readonly url: string };
  readonly credentials: OAuth1Credentials & { readonly signatureMethod: BuiltInSignatureMethod };
}

const HEADER_AND_QUERY = ["header", "query"] as const;
const EVERY_PLACEMENT = ["header", "query", "body"] as const;
const BODY_METHODS = ["POST", "PUT", "PATCH", "DELETE", "post", "REPORT"];
const OTHER_METHODS = ["GET", "HEAD", "OPTIONS", "get", ...BODY_METHODS];
const FORM_TYPES = [
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded;charset=UTF-8",
  "Application/X-WWW-Form-URLEncoded; charset=utf-8",
];
const OTHER_TYPES = ["application/json", "text/plain;charset=utf-8", "application/octet-stream"];

const listed = (items: string): string[] => items.split(" ");

/** Characters that are reserved somewhere, take more than one octet or look encoded already. */
const AWKWARD = [
  ...Array.from("aZ09-._~ +%&=?#/;:@!$'()*,\"\\<>[]{}|^`\t\näé☃例𝒳😀\0\u200F\uFEFF"),
  ...listed("%20 %2f %2F %zz Oauth_ e\u0301"),
];
const character = fc.constantFrom(...AWKWARD);
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(character, { maxLength }).map((characters) => characters.join(""));
/** A credential of a provider: not empty, and without white space around it. */
const credential = text(8).map((value) => value.trim() || "k");

const scheme = fc.constantFrom("http", "https", "HTTPS");
const host = fc.constantFrom(
  ...listed(
    "example.com EXAMPLE.com bücher.example 例え.テスト xn--bcher-kva.example a_b.example.",
  ),
  ...listed("127.0.0.1 127.1 localhost [::1] [2001:DB8::1] [::ffff:10.0.0.1]"),
);
const port = fc.constantFrom("", ...listed(" : :80 :443 :8080 :1 :65535 :00080"));
const piece = fc.constantFrom(
  "",
  "a b",
  ...listed("a . .. ;p=q ; r%20v %7e %7E %2F %2f %C3%BC %c3%bc %ff ü 𝒳 a+b = & :@!$&'()*,= % %z"),
  ...listed('{}|^` "<> \\ [] ~ %25'),
);
const path = fc
  .array(piece, { maxLength: 4 })
  .map((pieces) => pieces.map((each) => `/${each}`).join(""));
const queryPiece = fc.constantFrom(
  "",
  " ",
  ...listed("a b c@ + %20 %2B %3d %3D %26 = ü %C3%BC %c3%bc 𝒳 %F0%9F%98%80 %25 %2520 ' \" * ~ %7E"),
  ...listed("! / ? ; , %00"),
);
const queryField = fc
  .tuple(
    fc.array(queryPiece, { maxLength: 3 }),
    fc.boolean(),
    fc.array(queryPiece, { maxLength: 3 }),
  )
  .map(([name, equals, value]) => `${name.join("")}${equals ? "=" : ""}${value.join("")}`);
/** A query or a form as somebody else wrote it. */
const encodedFields = fc.array(queryField, { maxLength: 5 }).map((fields) => fields.join("&"));
const query = fc.option(encodedFields, { nil: undefined, freq: 4 });

const url = fc
  .tuple(scheme, host, port, path, query)
  .map(
    ([s, h, p, way, search]) => `${s}://${h}${p}${way}${search === undefined ? "" : `?${search}`}`,
  );

const pairs = fc.array(fc.tuple(text(5), text(5)), { maxLength: 5 });
const repeated = fc.oneof(text(4), fc.integer(), fc.boolean(), fc.array(text(3), { maxLength: 3 }));
const fields = fc.dictionary(text(4), repeated, { maxKeys: 4, noNullPrototype: true });
const bytesOf = (source: string): Uint8Array => new TextEncoder().encode(source);

/** Forms that somebody else wrote are ASCII, and these characters encoded too (HTML 4.01 §17.13.4.1). */
const encodedForm = encodedFields.map((body) =>
  body.replaceAll(/[^\x21-\x7e]|["#<>\\^`{|}]/gu, encodeURIComponent),
);
/** Forms in every type that a caller may pass. */
const form = fc.oneof(
  pairs.map((each) => ({ body: new URLSearchParams(each) })),
  fields.map((each) => ({ body: each })),
  encodedForm.map((body) => ({ body })),
  encodedForm.map((body) => ({ body: bytesOf(body) })),
  encodedForm.map((body) => ({ body: bytesOf(body).buffer })),
);
const formRequest = fc
  .tuple(form, fc.constantFrom(...FORM_TYPES), fc.constantFrom("Content-Type", "content-type"))
  .map(([{ body }, type, name]) => ({
    body: body as RequestToSign["body"],
    headers: { [name]: type },
  }));
/** Bodies that are not signed. */
const otherRequest = fc
  .tuple(fc.oneof(text(20), fc.uint8Array({ maxLength: 20 })), fc.constantFrom(...OTHER_TYPES))
  .map(([body, type]) => ({ body, headers: { "Content-Type": type } }));
const noBody = fc.constant({ body: undefined, headers: {} });

/** The Host header that a proxy's client sends in the place of the URL's own. */
const hostHeader = fc.option(
  fc.constantFrom(
    ...listed("api.example.org API.example.org:8443 api.example.org:443 [2001:DB8:0::2]:80 127.1"),
  ),
  { nil: undefined, freq: 6 },
);

const shape = fc.oneof(
  { weight: 5, arbitrary: combine(formRequest, BODY_METHODS, EVERY_PLACEMENT) },
  { weight: 3, arbitrary: combine(noBody, OTHER_METHODS, HEADER_AND_QUERY) },
  { weight: 2, arbitrary: combine(otherRequest, BODY_METHODS, HEADER_AND_QUERY) },
);

interface Content {
  readonly body: RequestToSign["body"] | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function combine(
  content: fc.Arbitrary<Content>,
  methods: readonly string[],
  placements: readonly ("header" | "query" | "body")[],
): fc.Arbitrary<Content & { method: string; signatureType: "header" | "query" | "body" }> {
  return fc
    .tuple(content, fc.constantFrom(...methods), fc.constantFrom(...placements))
    .map(([each, method, signatureType]) => ({ ...each, method, signatureType }));
}

const optional = (value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });

const parties = fc.record({
  clientKey: credential,
  clientSecret: credential,
  resourceOwnerKey: optional(credential),
  resourceOwnerSecret: optional(credential),
  verifier: optional(credential),
  callbackUri: optional(
    fc.constantFrom("oob", "http://127.0.0.1/cb?a=b%20c&d=é", "https://app.example.com/?x=%2F+1"),
  ),
  realm: optional(fc.stringMatching(/^[\x20-\x7e]{0,12}$/)),
  nonce: optional(credential),
  timestamp: fc.option(fc.integer({ min: 1, max: 4_102_444_800 }), { nil: undefined }),
});

/** Requests that {@link @grantkit/oauth1#sign} must sign. */
export function randomRequests(
  signatureMethods: readonly BuiltInSignatureMethod[],
): fc.Arbitrary<RandomRequest> {
  return fc
    .tuple(url, shape, hostHeader, parties, fc.constantFrom(...signatureMethods), fc.boolean())
    .map(([address, sent, hostValue, party, signatureMethod, hashed]) => ({
      request: {
        method: sent.method,
        // PLAINTEXT is for https.
        url: signatureMethod === "PLAINTEXT" ? address.replace(/^http:/, "https:") : address,
        headers: { Accept: "*/*", ...sent.headers, ...(hostValue && { hOST: hostValue }) },
        ...(sent.body !== undefined && { body: sent.body }),
      },
      credentials: {
        ...definedOnly(party),
        clientKey: party.clientKey,
        signatureMethod,
        signatureType: sent.signatureType,
        ...(hashed && { forceIncludeBody: true }),
      },
    }));
}

function definedOnly<T extends object>(record: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: NonNullable<T[Name]>;
  };
}
