import { describe, expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import { errorOf } from "./support/canaries.ts";
import { baseStringOf, headerParameter } from "./support/requests.ts";

const API = "https://api.example.com/1/items";

describe("the base string URI (RFC 5849 §3.4.1.2)", () => {
  it.each([
    // The RFC's own two
    ["http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"],
    ["https://www.example.net:8080/?q=1", "https://www.example.net:8080/"],
    // Default ports belong to their scheme
    ["https://example.com:443/a", "https://example.com/a"],
    ["http://example.com:443/a", "http://example.com:443/a"],
    ["https://example.com:80/a", "https://example.com:80/a"],
    ["HTTPS://Example.COM:/a", "https://example.com/a"],
    ["http://example.com:1/", "http://example.com:1/"],
    ["http://example.com:65535/", "http://example.com:65535/"],
    ["https://example.com", "https://example.com/"],
    ["https://example.com?a=b", "https://example.com/"],
    // IPv6, IPv4, IDN
    ["http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"],
    ["http://[::1]:8080/a", "http://[::1]:8080/a"],
    ["http://127.0.0.1:3000/a", "http://127.0.0.1:3000/a"],
    ["https://bücher.example/a", "https://xn--bcher-kva.example/a"],
    // The path as it travels: case, escapes, parameters and slashes of its own
    ["https://example.com/A%2fb%2F;type=x;y/c//d/", "https://example.com/A%2fb%2F;type=x;y/c//d/"],
    ["https://example.com/a b", "https://example.com/a%20b"],
    ["https://example.com/a+b!*'()~", "https://example.com/a+b!*'()~"],
    ["https://example.com/☃", "https://example.com/%E2%98%83"],
    ["https://example.com/a/../b/./c", "https://example.com/b/c"],
    ["https://example.com/a#frag?x=y", "https://example.com/a"],
  ])("%s is signed as %s", async (url, expected) => {
    expect((await baseStringOf({ url })).uri).toBe(expected);
  });

  it.each([
    ["Example.ORG", "https://example.org/1/items"],
    ["example.org:443", "https://example.org/1/items"],
    ["example.org:8443", "https://example.org:8443/1/items"],
    ["[::1]:9000", "https://[::1]:9000/1/items"],
  ])("has the host of a Host header: %s", async (host, expected) => {
    expect((await baseStringOf({ url: `${API}?a=b`, headers: { host } })).uri).toBe(expected);
    expect(
      (await sign({ url: API, headers: { HOST: host } }, { clientKey: "k", clientSecret: "s" }))
        .url,
    ).toBe(API);
  });

  it.each([
    "",
    "example.org/path",
    "user@example.org",
    "example.org:0",
    "example.org:65536",
    "a b",
  ])("refuses an invalid Host header: %j", async (host) => {
    expect(await errorOf(() => baseStringOf({ url: API, headers: { host } }))).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringContaining("Host header"),
    });
  });

  it("the method is in upper case, also an unknown one", async () => {
    const { text } = await baseStringOf({ method: "report", url: API });
    expect(text).toMatch(/^REPORT&https%3A%2F%2F/);
    const { method } = await sign(
      { method: "patch", url: API },
      { clientKey: "k", clientSecret: "s" },
    );
    expect(method).toBe("PATCH");
  });
});

describe("the parameters (RFC 5849 §3.4.1.3)", () => {
  const parametersOf = async (query: string, body?: string | Record<string, string>) =>
    (
      await baseStringOf({
        method: "POST",
        url: `${API}${query}`,
        ...(body === undefined ? {} : { body }),
      })
    ).parameters;

  it.each([
    ["without =, and with nothing after it", "?a&b=", ["a=", "b="]],
    ["without a name", "?=x", ["=x"]],
    ["nothing between & and &", "?&a=1&&b=2&", ["a=1", "b=2"]],
    ["= in a value", "?a=b=c", ["a=b%3Dc"]],
    ["a + is a space, %2B a plus", "?a=1+2%2B3", ["a=1%202%2B3"]],
    ["decoded once", "?a=%2520", ["a=%2520"]],
    ["duplicates stay, in the order of their values", "?a=2&a=1&a=2", ["a=1", "a=2", "a=2"]],
    ["names before values: a before a-", "?a-=1&a=2", ["a=2", "a-=1"]],
    ["names before values: a before a%20", "?a%20=1&a=2", ["a=2", "a%20=1"]],
    ["capitals first, as bytes are", "?b=1&B=1&_=1&~=1&0=1", ["0=1", "B=1", "_=1", "b=1", "~=1"]],
    ["values, too", "?a=z&a=Z&a=%C3%A9&a=", ["a=", "a=%C3%A9", "a=Z", "a=z"]],
    ["what encodeURIComponent leaves out is encoded", "?a=!*'()", ["a=%21%2A%27%28%29"]],
    ["unreserved characters are not, even if they came so", "?a=%41%2D%2E%5F%7E", ["a=A-._~"]],
    ["; is no separator", "?a=1;b=2", ["a=1%3Bb%3D2"]],
  ])("%s: %s", async (_what, query, expected) => {
    expect(await parametersOf(query)).toEqual(expected);
  });

  it("are sorted by encoded bytes, and not by UTF-16", async () => {
    // U+FF5E is after U+1D4B3 in UTF-16 (0xD835), and before it in UTF-8 (0xEF < 0xF0).
    expect(
      await parametersOf(`?${encodeURIComponent("𝒳")}=1&${encodeURIComponent("～")}=2`),
    ).toEqual(["%EF%BD%9E=2", "%F0%9D%92%B3=1"]);
    // And "é" (0xC3) is after all of ASCII once it is encoded as %C3 is before.
    expect(await parametersOf(`?a=1&${encodeURIComponent("é")}=2`)).toEqual(["%C3%A9=2", "a=1"]);
  });

  it("of query and form are sorted together", async () => {
    expect(await parametersOf("?b=1&a=2", "a=1&c=3")).toEqual(["a=1", "a=2", "b=1", "c=3"]);
  });

  it("encode each Unicode character as its UTF-8", async () => {
    const all: Record<string, string> = {};
    for (let code = 1; code < 0x11_0000; code += code < 0x800 ? 1 : 257) {
      if (code < 0xd8_00 || code > 0xdf_ff) all[`k${code}`] = String.fromCodePoint(code);
    }
    const byUtf8 = Object.entries(all).map(([name, value]) => {
      const bytes = [...new TextEncoder().encode(value)];
      const text = bytes.map((byte) =>
        /[\w.~-]/.test(String.fromCharCode(byte))
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
      );
      return `${name}=${text.join("")}`;
    });
    expect(new Set(await parametersOf("", all))).toEqual(new Set(byUtf8));
  });

  it.each(["?a=%", "?a=%zz", "?%=1", "?a=%E9", "?a=%ED%A0%80", "?a=%C0%80"])(
    "of a query that servers read in different ways are refused: %s",
    async (query) => {
      expect(await errorOf(() => parametersOf(query))).toMatchObject({
        code: "REQUEST_UNSIGNABLE",
        message: expect.stringContaining("query"),
      });
    },
  );

  it("with half a surrogate pair are refused, in every place", async () => {
    for (const request of [
      { method: "POST", url: API, body: { a: "\ud83d" } },
      { method: "POST", url: API, body: { "\udc00": "a" } },
    ]) {
      expect(await errorOf(() => baseStringOf(request))).toMatchObject({
        code: "REQUEST_UNSIGNABLE",
        message: expect.stringContaining("surrogate"),
      });
    }
    expect(await errorOf(() => baseStringOf({ url: `${API}?a=\ud83d` }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining("surrogate")],
    });
  });

  it("named oauth_ are signed without decoding their values, in header, query and body", async () => {
    // oauthlib decodes the value a second time when it comes from query or body.
    const callbackUri = "https://app.example.com/call%20back?x=%2541";
    const seen = new Set<string>();
    for (const signatureType of ["header", "query", "body"] as const) {
      const signed = await sign(
        { method: "POST", url: API, body: {} },
        {
          clientKey: "key",
          clientSecret: "s",
          callbackUri,
          signatureType,
          nonce: "n",
          timestamp: 1,
        },
      );
      const text = signed.headers["Authorization"] ?? `${signed.url}&${String(signed.body)}`;
      const signature = /oauth_signature="?([^"&]+)/.exec(text)?.[1];
      seen.add(String(signature));
      const { text: base } = await baseStringOf(
        { method: "POST", url: API, body: {} },
        { callbackUri },
      );
      expect(decodeURIComponent(base)).toContain(
        `oauth_callback=${encodeURIComponent(callbackUri)}`,
      );
    }
    expect(seen.size).toBe(1);
  });

  it("realm is in the header, quoted and escaped, and is not signed", async () => {
    const realm = String.raw`a "b" \c, d=e`;
    const { text } = await baseStringOf({ url: API }, { realm });
    expect(text).toBe((await baseStringOf({ url: API })).text);
    const credentials = { clientKey: "k", clientSecret: "s", realm };
    const { headers } = await sign({ url: API }, credentials);
    expect(headers["Authorization"]).toContain(String.raw`OAuth realm="a \"b\" \\c, d=e", oauth_`);
    const { url } = await sign({ url: API }, { ...credentials, signatureType: "query" });
    expect(url).not.toContain("realm");
  });

  it("each request has version 1.0, the time in seconds, and a nonce of its own", async () => {
    const nonces = new Set<string>();
    for (let count = 0; count < 10_000; count += 1) {
      const { headers } = await sign({ url: API }, { clientKey: "k", clientSecret: "s" });
      nonces.add(headerParameter(headers, "oauth_nonce") ?? "");
      if (count === 0) {
        expect(headerParameter(headers, "oauth_version")).toBe("1.0");
        expect(headerParameter(headers, "oauth_timestamp")).toMatch(/^\d{10}$/);
      }
    }
    expect(nonces.size).toBe(10_000);
    expect([...nonces].every((nonce) => /^[\da-f]{32}$/.test(nonce))).toBe(true);
  });
});
