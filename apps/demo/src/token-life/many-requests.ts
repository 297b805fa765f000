import { program } from "../flows/code.ts";
import type { Flow } from "../flows/flow.ts";
import { heldToken } from "../flows/held-token.ts";
import { expired } from "./expired.ts";
import { sentBy } from "./sent-by.ts";
import { keepUpdates, refreshedIdToken } from "./token-updates.ts";

const COUNT = 100;

/** Many requests at once with an expired token, which share one refresh. */
export const manyRequests: Flow = {
  id: "many-requests",
  title: `${COUNT} requests at once`,
  group: "Use the token",
  teaser: "All of them find the token expired, and one refresh serves all.",
  button: () => `Send ${COUNT} requests`,
  needsToken: true,
  fields: () => [{ name: "expired", label: "With an expired token", kind: "box", initial: "on" }],
  run: async ({ client, target, values, visitor }) => {
    const { token } = heldToken(visitor, target);
    const keep = keepUpdates(visitor, target);
    let told = 0;
    const session = client.session(values.isOn("expired") ? expired(token) : token, {
      onTokenUpdate: (...update) => {
        told += 1;
        return keep(...update);
      },
    });
    const { result, tokenRequests, apiRequests } = await sentBy(client.provider.endpoints, () =>
      Promise.allSettled(Array.from({ length: COUNT }, () => session.get<unknown>(target.sample))),
    );
    const failed = result.find((each) => each.status === "rejected");
    if (failed) throw failed.reason as Error;
    return {
      title: `${count(tokenRequests, "refresh", "refreshes")} for ${apiRequests} requests`,
      text: "Whoever finds the token expired joins the refresh that is under way, and goes on when onTokenUpdate has saved the new token.",
      ...refreshedIdToken(visitor, target),
      data: { tokenRequests, apiRequests, onTokenUpdateCalls: told },
    };
  },
  code: (target, values) =>
    program(target, values, {
      imports: ["type Token"],
      lines: `
export function callOften(token: Token, save: (next: Token) => Promise<void>) {
  const session = client.session(token, { onTokenUpdate: save });
  const calls = Array.from({ length: ${COUNT} }, () => session.get(${JSON.stringify(target.sample)}));
  return Promise.all(calls);
}`,
    }),
};

function count(number: number, one: string, many: string): string {
  return number === 0 ? `No ${one}` : number === 1 ? `One ${one}` : `${number} ${many}`;
}
