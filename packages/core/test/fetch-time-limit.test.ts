import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "@jest/globals";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("the time limit of session.fetch holds for a body whose response was garbage-collected", async () => {
  const example = await ExampleProvider.start();
  example.api = (_request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    return "hang";
  };
  const clock = new FakeClock();
  const session = example.client({ clock }).session(example.grant({ accessToken: "at-slow-0001" }));
  const reader = (await session.fetch("/slow")).body?.getReader();
  await reader?.read();
  const next = reader?.read().catch((thrown: unknown) => thrown);
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  clock.advance(30_000);
  expect(await next).toMatchObject({ name: "TimeoutError" });
  await example.close();
});
