// The second process of the flow "Two processes, one store": it opens the store, waits for "go", and calls the API.
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";
import { currentFlow, type Exchange } from "../exchanges/exchange-log.ts";
import { recordingAdapter } from "../exchanges/recording-adapter.ts";
import type { ProcessReport, ProcessTask } from "./process-messages.ts";

type ClientClass = new (options: OAuth2ClientOptions) => OAuth2Client;

const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, "line")) as [string];
const { module, className, options, directory, key, url } = JSON.parse(line) as ProcessTask;
const { [className]: Client } = (await import(module)) as Record<string, ClientClass>;
if (!Client) throw new Error(`${module} has no ${className}.`);
const client = new Client({ ...options, http: { adapter: recordingAdapter } });
const exchanges: Exchange[] = [];
let told = 0;
const session = await client.storedSession({
  store: new FileTokenStore({ directory }),
  key,
  onTokenUpdate: () => void (told += 1),
});
process.stdout.write("ready\n");
await once(lines, "line");
lines.close();
const flow = {
  provider: { name: "", title: "" },
  log: { add: (exchange: Exchange) => void exchanges.push(exchange) },
};
const failure = await currentFlow.run(flow, async () => {
  try {
    await session.get(url);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});
const report: ProcessReport = {
  exchanges,
  told,
  tokenEnd: session.token?.accessToken.slice(-6) ?? "",
  ...(failure !== undefined && { failure }),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
