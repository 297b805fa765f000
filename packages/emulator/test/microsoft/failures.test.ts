import { expect, it } from "@jest/globals";
import { startMicrosoft } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, get, json } from "../support/wire.ts";

const running = closedAfterEach();

it.each([
  ["api-invalid-token", 401],
  ["api-forbidden", 403],
  ["api-not-found", 404],
  ["api-throttled", 429],
  ["api-unavailable", 503],
] as const)("fails at Graph on demand: %s", async (failure, status) => {
  const microsoft = await running(startMicrosoft());
  microsoft.failNext(failure);
  expect((await get(`${microsoft.endpoints.api}/me`, "any")).status).toBe(status);
});

it.each([
  ["token-consent-required", 400, "invalid_grant"],
  ["token-mfa-required", 400, "interaction_required"],
  ["token-refresh-revoked", 400, "invalid_grant"],
  ["token-refresh-expired", 400, "invalid_grant"],
  ["token-unavailable", 503, "temporarily_unavailable"],
] as const)("fails at the token endpoint on demand: %s", async (failure, status, error) => {
  const microsoft = await running(startMicrosoft());
  microsoft.failNext(failure);
  const reply = await askToken(microsoft, { grant_type: "refresh_token" });
  expect([reply.status, (await json(reply))["error"]]).toEqual([status, error]);
});

it("throttles the token endpoint on demand, without a body", async () => {
  const microsoft = await running(startMicrosoft());
  microsoft.failNext("token-throttled");
  const reply = await askToken(microsoft, { grant_type: "refresh_token" });
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, "5"]);
  expect(await reply.text()).toBe("");
});
