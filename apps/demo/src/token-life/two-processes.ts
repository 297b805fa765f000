import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileTokenStore } from "@grantkit/store-file";
import { ErrorPage } from "../error-page.ts";
import { currentFlow } from "../exchanges/exchange-log.ts";
import { program } from "../flows/code.ts";
import type { Flow, FlowContext, Outcome } from "../flows/flow.ts";
import { heldToken } from "../flows/held-token.ts";
import { expired } from "./expired.ts";
import { sentBy } from "./sent-by.ts";
import { startSecondProcess } from "./start-second-process.ts";
import { keepUpdates, refreshedIdToken } from "./token-updates.ts";

/** Two processes on one store in files: one refreshes, and the other takes the new token. */
export const twoProcesses: Flow = {
  id: "two-processes",
  title: "Two processes, one store",
  group: "Use the token",
  teaser: "The playground and a second Node process share a store in files (@grantkit/store-file).",
  button: () => "Call the API from both",
  needsToken: "refreshable",
  fields: () => [],
  run: async (context) => {
    const directory = await mkdtemp(join(tmpdir(), `grantkit-playground-${process.pid}-`));
    try {
      return await callFromBoth(context, directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
  code: (target, values) =>
    `import { FileTokenStore } from "@grantkit/store-file";
${program(target, values, {
  lines: `
// In each process; save the token after the sign-in with storedSession({ store, key, token }).
const store = new FileTokenStore({ app: "my-app" });
const session = await client.storedSession({ store, key: "user" });
export const { data } = await session.get(${JSON.stringify(target.sample)});`,
})}`,
};

async function callFromBoth(
  { client, target, values, visitor }: FlowContext,
  directory: string,
): Promise<Outcome> {
  const { token } = heldToken(visitor, target);
  const store = new FileTokenStore({ directory });
  const key = randomUUID();
  const keep = keepUpdates(visitor, target);
  let told = 0;
  const session = await client.storedSession({
    store,
    key,
    token: expired(token),
    onTokenUpdate: (...update) => {
      told += 1;
      return keep(...update);
    },
  });
  const { recipe, sample: url } = target;
  const form = values.toString();
  const task = { recipe, form, directory, key, url };
  const second = await startSecondProcess(task);
  try {
    const here = sentBy(client.provider.endpoints, () => session.get<unknown>(url));
    const [report, { tokenRequests, apiRequests }] = await Promise.all([second.go(), here]);
    if ("failure" in report) {
      throw new ErrorPage(502, {
        title: "The second process failed",
        text: report.failure,
        code: "SECOND_PROCESS_FAILED",
      });
    }
    const flow = currentFlow.getStore();
    for (const exchange of report.exchanges) {
      flow?.log.add({ ...exchange, provider: { name: target.id, title: target.title } });
    }
    if (session.token) {
      visitor.tokens.set(target.id, { ...visitor.tokens.get(target.id), token: session.token });
    }
    return {
      title:
        tokenRequests + report.tokenRequests === 1
          ? "One process refreshed, the other adopted its token"
          : "Both have a token",
      text: "Both found the token expired. The store's lock let one of them refresh; the other read the new token from the file.",
      ...refreshedIdToken(visitor, target),
      data: {
        playground: { tokenRequests, apiRequests, onTokenUpdateCalls: told },
        secondProcess: {
          tokenRequests: report.tokenRequests,
          apiRequests: report.apiRequests,
          onTokenUpdateCalls: report.told,
        },
        sameToken: session.token?.accessToken.endsWith(report.tokenEnd) ?? false,
      },
    };
  } finally {
    second.stop();
  }
}
