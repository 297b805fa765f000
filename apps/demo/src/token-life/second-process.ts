// The second process of the flow "Two processes, one store": it opens the store, waits for "go", and calls the API.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { FileTokenStore } from "@grantkit/store-file";
import { currentFlow, type Exchange } from "../exchanges/exchange-log.ts";
import { recordingAdapter } from "../exchanges/recording-adapter.ts";
import { FormValues } from "../flows/form-values.ts";
import { clientsOf } from "../targets/clients-of.ts";
import type { ProcessReport, ProcessTask } from "./process-messages.ts";
import { sentBy } from "./sent-by.ts";

const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, "line")) as [string];
const { recipe, form, directory, key, url } = JSON.parse(line) as ProcessTask;
const createClient = clientsOf(recipe, { http: { adapter: recordingAdapter } });
const client = createClient(new FormValues(new URLSearchParams(form)));
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
const report = await currentFlow.run(flow, async (): Promise<ProcessReport> => {
  try {
    const sent = await sentBy(client.provider.endpoints, () => session.get(url));
    const { tokenRequests, apiRequests } = sent;
    const tokenEnd = session.token?.accessToken.slice(-6) ?? "";
    return { exchanges, told, tokenEnd, tokenRequests, apiRequests };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
});
process.stdout.write(`${JSON.stringify(report)}\n`);
