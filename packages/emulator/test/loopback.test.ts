import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it } from "@jest/globals";
import { startFacebook, startGitHub, startGoogle, startOAuth1 } from "../src/index.ts";
import { closedAfterEach } from "./support/running.ts";
import { authorizationUrl, get } from "./support/wire.ts";

const running = closedAfterEach();

const connects = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });

it("listens on 127.0.0.1 and on no other address of the machine", async () => {
  const github = await running(startGitHub());
  const port = Number(new URL(github.origin).port);
  expect(github.origin).toBe(`http://127.0.0.1:${port}`);
  expect(await connects("127.0.0.1", port)).toBe(true);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, family }) => family === "IPv4" && address !== "127.0.0.1");
  for (const { address } of others) expect(await connects(address, port)).toBe(false);
});

it("answers a foreign host name with 421", async () => {
  const { origin } = await running(startGitHub());
  const status = await new Promise((resolve) => {
    request(origin, { headers: { host: "evil.example" } }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    }).end();
  });
  expect(status).toBe(421);
});

it("rejects a port that is in use", async () => {
  const first = await running(startGoogle());
  const port = Number(new URL(first.origin).port);
  await expect(startGoogle({ port })).rejects.toThrow(`Port ${port} is in use`);
});

it("closes at once while a client is sending its request", async () => {
  const google = await startGoogle();
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(google.origin).port) });
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    socket.write("GET / HTTP/1.1\r\nhost: 127", () => resolve());
  });
  // A whole request after it, so that the half one has surely arrived.
  await get(google.origin, "none");
  await google.close();
  await ended;
});

it("closes at once while a connection is kept alive and another is waiting", async () => {
  const facebook = await startFacebook();
  await get(`${facebook.endpoints.api}/me`, "none");
  facebook.failNext({ kind: "hang" });
  const waiting = fetch(`${facebook.endpoints.api}/me`).then(
    () => "answered",
    () => "cut off",
  );
  while (facebook.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await facebook.close();
  expect(await waiting).toBe("cut off");
  await expect(fetch(facebook.origin)).rejects.toThrow();
  // Closing twice is no error.
  await facebook.close();
});

it.each([
  ["google", startGoogle],
  ["github", startGitHub],
  ["facebook", startFacebook],
  ["oauth1", startOAuth1],
] as const)("%s names an option that it does not have", async (_, start) => {
  const options = { poort: 1 } as object;
  await expect(start(options)).rejects.toThrow('has no option "poort"');
});

it("frees the port if an option turns out to be wrong", async () => {
  const earlier = await startOAuth1();
  await earlier.close();
  const port = Number(new URL(earlier.origin).port);
  await expect(startOAuth1({ port, publicKey: "x" })).rejects.toThrow("must be an RSA public key");
  await running(startOAuth1({ port }));
});

it("rejects wrong values and does not change the switches", async () => {
  const github = await running(startGitHub());
  const wrong = { iss: false, appType: "banana" } as object;
  expect(() => github.configure(wrong)).toThrow('"appType" must be one of "oauth-app"');
  expect(() => github.configure({ port: 1 } as object)).toThrow('no option "port"');
  const callback = await github.authorize(authorizationUrl(github));
  expect(new URL(callback).searchParams.get("iss")).toBe(github.endpoints.issuer);
});

it("records requests as received, with the status of the response", async () => {
  const github = await running(startGitHub());
  await fetch(`${github.endpoints.token}?a=1&a=2`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ client_id: "x", nested: [1] }),
  });
  expect(github.requests).toHaveLength(1);
  expect(github.requests[0]).toMatchObject({
    method: "POST",
    path: "/login/oauth/access_token",
    url: "/login/oauth/access_token?a=1&a=2",
    query: { a: "1" },
    body: { client_id: "x", nested: [1] },
    rawBody: '{"client_id":"x","nested":[1]}',
    status: 200,
  });
  expect(github.requests[0]?.headers["accept"]).toBe("application/json");
  github.clearRequests();
  expect(github.requests).toHaveLength(0);
});

it("keeps the last 1,000 requests", async () => {
  const github = await running(startGitHub());
  for (let batch = 0; batch < 11; batch += 1) {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        fetch(`${github.origin}/emulator/page.css?n=${batch * 100 + index}`).then((reply) =>
          reply.arrayBuffer(),
        ),
      ),
    );
  }
  expect(github.requests).toHaveLength(1000);
});
