import { afterEach, beforeEach, expect, it } from "@jest/globals";
import axios from "axios";
import { isApiError, type OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

let example: ExampleProvider;
let session: OAuth2Session;

beforeEach(async () => {
  example = await ExampleProvider.start();
  session = example
    .client({ clock: new FakeClock(), retries: false })
    .session(example.grant({ accessToken: "at-error-0001" }));
});
afterEach(() => example.close());

const faces: readonly [string, (of: OAuth2Session) => Promise<unknown>][] = [
  ["get", (of) => of.get("/x")],
  ["request", (of) => of.request({ url: "/x", method: "PUT" })],
  ["axios()", async (of) => (await of.axios()).post("/x")],
];

it.each(faces)("an error status of %s is recognized without axios", async (_, send) => {
  example.api = () => ({
    status: 429,
    headers: { "Retry-After": "7", "X-Limit": "10" },
    body: { error: "slow_down", seen: "at-error-0001" },
  });
  const error = await rejectionOf(send(session));
  expect(isApiError(error)).toBe(true);
  if (!isApiError(error)) throw error;
  expect({ ...error.headers }).toMatchObject({ "retry-after": "7", "x-limit": "10" });
  expect([error.status, error.data, error.retryAfter]).toEqual([
    429,
    { error: "slow_down", seen: "[redacted]" },
    7,
  ]);
  expect(error).toBeInstanceOf(Error);
});

it("isApiError() is false for an error without an API response: a refusal, a network failure, another library's error", async () => {
  const down = await rejectionOf(session.get("https://evil.example/"));
  const origin = example.origin;
  await example.close();
  const unreachable = await rejectionOf(session.get("/x"));
  example = await ExampleProvider.start();
  example.api = () => ({ status: 404 });
  const foreign = await rejectionOf(axios.get(`${example.origin}/elsewhere`));
  expect(origin).toBeDefined();
  expect(
    [down, unreachable, foreign, undefined, null, "x", { status: 404 }].map(isApiError),
  ).toEqual(Array.from({ length: 7 }, () => false));
});
