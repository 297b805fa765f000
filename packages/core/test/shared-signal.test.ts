import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { OAuth2Session } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { until } from "./support/turns.ts";

let example: ExampleProvider;
beforeEach(async () => {
  example = await ExampleProvider.start();
});
afterEach(() => example.close());

const senders: Readonly<
  Record<string, readonly [object, (session: OAuth2Session, signal: AbortSignal) => unknown]>
> = {
  get: [{}, (session, signal) => session.get("/x", { signal })],
  "axios()": [{}, async (session, signal) => (await session.axios()).get("/x", { signal })],
  fetch: [{}, (session, signal) => session.fetch("/x", { signal })],
  "fetch through axios": [
    { http: { headers: {} } },
    (session, signal) => session.fetch("/x", { signal }),
  ],
};

it.each(Object.entries(senders))(
  "one signal serves many requests at once without Node's warning about listeners (%s)",
  async (_name, [options, send]) => {
    example.api = () => "hang";
    const session = example.client(options).session(example.grant({ accessToken: "at-good-0001" }));
    const { signal, ...controller } = withSignal();
    const sent = Array.from({ length: 20 }, () =>
      rejectionOf(Promise.resolve(send(session, signal))),
    );
    await until(() => example.apiRequests.length === 20);
    // Node warns at eleven.
    expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
    controller.abort();
    for (const error of await Promise.all(sent))
      expect(error).toHaveProperty("name", expect.stringMatching(/Canceled|Abort/));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  },
);

it("a request that ends does not take the signal from the others, nor leave a listener", async () => {
  example.api = ({ url }) => (url.endsWith("slow") ? "hang" : { body: {} });
  const session = example.client().session(example.grant({ accessToken: "at-good-0001" }));
  const { signal, ...controller } = withSignal();
  const slow = rejectionOf(session.get("/slow", { signal }));
  await until(() => example.apiRequests.length === 1);
  await session.get("/fast", { signal });
  await session.get("/fast", { signal });
  controller.abort();
  expect(await slow).toMatchObject({ code: "ERR_CANCELED" });
  expect(await rejectionOf(session.get("/fast", { signal }))).toMatchObject({
    code: "ERR_CANCELED",
  });
  const { signal: another } = withSignal();
  await session.get("/fast", { signal: another });
  expect(getEventListeners(another, "abort")).toEqual([]);
});

function withSignal(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
