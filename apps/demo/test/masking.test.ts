import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import axios from "axios";
import { currentFlow, type Exchange } from "../src/exchanges/exchange-log.ts";
import { maskBaseString, maskBody, maskHeaders, maskUrl } from "../src/exchanges/masking.ts";
import { recordingAdapter } from "../src/exchanges/recording-adapter.ts";
import { timeline } from "../src/pages/run/timeline.ts";
import { shownOf } from "./page-secrets.ts";

const SECRET = "canary-canary-canary-canary";
const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

describe("headers in the log", () => {
  it.each([
    ["set-cookie", [`sid=${SECRET}; Path=/; HttpOnly`, `b=${SECRET}; Secure`]],
    ["set-cookie", `sid=${SECRET}; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=${SECRET}`],
    ["set-cookie", SECRET],
    ["cookie", `sid=${SECRET}; other=${SECRET}`],
    ["link", `<https://api.example/next?page=2&access_token=${SECRET}>; rel="next"`],
    ["link", `</a>; rel=prev, <https://api.example/#id_token=${SECRET}>; rel="last"`],
    ["location", `/callback#access_token=${SECRET}&token_type=bearer`],
    ["location", `https://app.example/cb?a=1#a=2&refresh_token=${SECRET}`],
    ["content-location", `https://api.example/me?access_token=${SECRET}`],
    ["refresh", `0; url=https://app.example/cb?code=${SECRET}`],
    ["referer", `https://app.example/cb?code=${SECRET}&state=${SECRET}`],
    ["x-api-key", SECRET],
    ["x-auth-token", SECRET],
    ["x-csrf-token", SECRET],
    ["authorization", SECRET],
    ["authorization", `Digest username="x", response="${SECRET}"`],
    ["proxy-authorization", `Basic ${SECRET}`],
    ["dpop", JWT],
    ["x-anything", `Bearer ${SECRET}`],
    ["x-anything", JWT],
  ] as const)("show no secret in %s: %j", (name, value) => {
    const { [name]: shown = "" } = maskHeaders({ [name]: value });
    expect(shown).toMatch(/…|•••/);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(JWT);
  });

  it("show no part of a password in Basic credentials", () => {
    const authorization = `Basic ${btoa("playground:a-longer-client-secret")}`;
    expect(maskHeaders({ authorization })).toEqual({ authorization: "Basic •••" });
  });

  it("show the names and the attributes of cookies", () => {
    const cookies = [`sid=${SECRET}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`, "b=short"];
    expect(maskHeaders({ "Set-Cookie": cookies })).toEqual({
      "Set-Cookie": "sid=cana…nary; Path=/; Max-Age=60; HttpOnly; SameSite=Lax, b=•••",
    });
    expect(maskHeaders({ Cookie: `sid=${SECRET}; b=1` })).toEqual({
      Cookie: "sid=cana…nary; b=•••",
    });
  });

  it("show other values unchanged", () => {
    const headers = {
      date: "Wed, 21 Oct 2026 07:28:00 GMT",
      link: '<https://api.example/repos?page=2&per_page=30>; rel="next"',
      "x-oauth-scopes": "read:user, user:email",
      "x-ratelimit-reset": "1790000000",
      "www-authenticate": 'Bearer realm="api", error="invalid_token"',
      "content-type": "application/json; charset=utf-8",
      etag: 'W/"abc=="',
    };
    expect(maskHeaders(headers)).toEqual(headers);
  });
});

describe("URLs in the log", () => {
  it.each([
    `https://app.example/cb#access_token=${SECRET}`,
    `https://app.example/cb?x=1#/route?id_token=${SECRET}`,
    `https://app.example/cb?x=1?code=${SECRET}`,
    `https://id.example/revoke?token=${SECRET}`,
    `https://id.example/login?return_to=${encodeURIComponent(`/authorize?state=${SECRET}`)}`,
    `https://api.example/me?accessToken=${SECRET}`,
    `https://api.example/me?ACCESS_TOKEN=${SECRET}`,
    `https://api.example/me?access%5Ftoken=${SECRET}`,
    `https://api.example/me?api_key=${SECRET}`,
    `https://user:${SECRET}@api.example/me`,
    `/relative?client_secret=${SECRET}`,
  ])("show no secret: %s", (url) => {
    expect(maskUrl(url)).not.toContain(SECRET);
    expect(maskUrl(url)).toMatch(/…|•••/);
  });

  it("show other values unchanged", () => {
    const url = "https://api.example/repos?page=2&client_id=me&scope=a b#readme";
    expect(maskUrl(url)).toBe(url);
  });
});

describe("bodies in the log", () => {
  it.each([
    JSON.stringify({ token: SECRET }),
    JSON.stringify({ token: { value: SECRET, parts: [SECRET] } }),
    JSON.stringify({ tokens: [SECRET] }),
    JSON.stringify({ data: [{ accessToken: SECRET }] }),
    JSON.stringify({ "refresh-token": SECRET }),
    JSON.stringify({ hashed_token: SECRET }),
    JSON.stringify({ client_secret: SECRET, password: SECRET }),
    JSON.stringify({ private_key: SECRET }),
    JSON.stringify({ next: `https://api.example/#access_token=${SECRET}` }),
    JSON.stringify({ next: `/relative?access_token=${SECRET}` }),
    JSON.stringify({ message: `Error at https://api.example/?code=${SECRET}, sorry` }),
    JSON.stringify({ credential: JWT }),
    JSON.stringify([{ link: { href: `access_token=${SECRET}` } }]),
    JSON.stringify({ pin: 1 }).replace("1", `"${SECRET}"`).replace("pin", "device_code"),
    `token=${SECRET}&token_type_hint=refresh_token`,
    `{"token": "${SECRET}"} trailing`,
    `)]}'\n{"access_token": "${SECRET}"}`,
    `<html><a href="https://api.example/?access_token=${SECRET}">next</a></html>`,
    `<reply><access_token>${SECRET}</access_token></reply>`,
    `Your token is Bearer ${SECRET}`,
  ])("show no secret: %s", (body) => {
    const shown = maskBody(body);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(JWT);
  });

  it("show the code of an error, which stands beside its message", () => {
    const error = { code: "Authorization_RequestDenied", message: "Insufficient privileges" };
    expect(JSON.parse(maskBody(JSON.stringify({ error })))).toEqual({ error });
  });

  it("show a number in a field called code, but none in a field named like a token", () => {
    expect(JSON.parse(maskBody('{"error":{"code":190},"token":12345678}'))).toEqual({
      error: { code: 190 },
      token: "•••",
    });
  });

  it("show other values unchanged", () => {
    const body = { token_type: "bearer", expires_in: 5, scope: "a", client_id: "x", name: "A=B" };
    expect(JSON.parse(maskBody(JSON.stringify(body)))).toEqual(body);
    expect(maskBody("<h1>Not found</h1>")).toBe("<h1>Not found</h1>");
  });
});

it("masks every secret parameter of a base string", () => {
  const text = `POST&https%3A%2F%2Fa.example&access_token%3D${SECRET}%26oauth_nonce%3Dx%26x_auth_password%3D${SECRET}`;
  expect(maskBaseString(text)).not.toContain(SECRET);
  expect(maskBaseString(text)).toContain("oauth_nonce%3Dx");
});

it("the page shows no secret of a real exchange until a click", async () => {
  const server = createServer((_, response) => {
    response.setHeader("set-cookie", [`sid=${SECRET}; Path=/`, `b=${SECRET}`]);
    response.setHeader("link", `<https://api.example/?access_token=${SECRET}>; rel="next"`);
    response.setHeader("location", `https://app.example/#access_token=${SECRET}`);
    response.setHeader("content-type", "application/json");
    response.writeHead(302).end(JSON.stringify({ token: SECRET, items: [{ token: SECRET }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const exchanges: Exchange[] = [];
  const log = { add: (exchange: Exchange) => void exchanges.push(exchange) };
  const provider = { name: "github", title: "GitHub" };
  await currentFlow.run({ log, provider }, () =>
    axios.post(`http://127.0.0.1:${port}/x?token=${SECRET}`, `token=${SECRET}`, {
      adapter: recordingAdapter,
      headers: { cookie: `a=${SECRET}`, authorization: `token ${SECRET}` },
      validateStatus: null,
      maxRedirects: 0,
      transformResponse: (data: unknown) => data,
    }),
  );
  server.close();
  const page = String(await timeline({ id: 1, exchanges, error: undefined }));
  expect(page).toContain("sid=cana…nary; Path=/");
  expect(shownOf(page)).not.toContain(SECRET);
});
