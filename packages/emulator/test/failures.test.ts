import { expect, it } from "@jest/globals";
import { startFacebook, startGitHub, startGoogle } from "../src/index.ts";
import { closedAfterEach } from "./support/running.ts";
import { get, json } from "./support/wire.ts";

const running = closedAfterEach();

it("applies a custom failure to the next matching request, and to no other", async () => {
  const github = await running(startGitHub());
  github.failNext({
    path: "/user/emails",
    status: 418,
    headers: { "x-why": "tea" },
    body: { a: 1 },
  });
  const other = await get(`${github.endpoints.api}/user`, "none");
  const failed = await get(`${github.endpoints.api}/user/emails`, "none");
  const after = await get(`${github.endpoints.api}/user/emails`, "none");
  expect([other.status, failed.status, after.status]).toEqual([401, 418, 401]);
  expect(failed.headers.get("x-why")).toBe("tea");
  expect(await json(failed)).toEqual({ a: 1 });
});

it("repeats a failure as often as requested", async () => {
  const google = await running(startGoogle());
  google.failNext("token-unavailable", 2);
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1) {
    statuses.push((await fetch(google.endpoints.token, { method: "POST" })).status);
  }
  expect(statuses).toEqual([503, 503, 400]);
});

it("takes back the failures that have not happened, and no others", async () => {
  const google = await running(startGoogle());
  const takeBack = google.failNext("token-unavailable", 2);
  google.failNext({ path: "/token", status: 418 });
  const statuses = [];
  for (const then of [takeBack, takeBack, takeBack]) {
    statuses.push((await fetch(google.endpoints.token, { method: "POST" })).status);
    then();
  }
  expect(statuses).toEqual([503, 418, 400]);
});

it("closes the connection without an answer", async () => {
  const facebook = await running(startFacebook());
  facebook.failNext({ kind: "disconnect" });
  await expect(fetch(facebook.endpoints.token)).rejects.toThrow();
  expect((await fetch(facebook.endpoints.token)).status).toBe(400);
});

it("hangs until the client gives up", async () => {
  const github = await running(startGitHub());
  github.failNext({ kind: "hang" });
  const giveUp = new AbortController();
  const asked = fetch(github.endpoints.token, { method: "POST", signal: giveUp.signal });
  while (github.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(github.requests[0]?.status).toBe(0);
  giveUp.abort();
  await expect(asked).rejects.toThrow("aborted");
});

it("lists the known failures in the error for an unknown one", async () => {
  const google = await running(startGoogle());
  expect(() => google.failNext("nonsense" as "api-quota")).toThrow("api-backend-error");
  expect(() => google.failNext("api-quota", 0)).toThrow('"times"');
});
