import { jsonReply } from "../oauth/replies.ts";
import type { ApiCall, ApiRoutes } from "./api-call.ts";
import { OAuthProblem, parametersAbsent } from "./oauth-problem.ts";
import type { ParameterPair } from "./parameter-pairs.ts";
import { bytesOf, textOf } from "./percent-encoding.ts";
import type { OAuth1World } from "./world.ts";

interface Item {
  readonly id: number;
  readonly title: string;
}

const SEEDED_TITLES = ["Analytical engine", "Note G", "Café & crêpes", "100 % of it", "Ünïcode ☃"];

/** Serves a list that can be searched and paged, and added to by tokens that may write. */
export function itemsApi({ app }: OAuth1World, call: ApiRoutes): void {
  const items: Item[] = SEEDED_TITLES.map((title, index) => ({ id: index + 1, title }));
  app.get(
    "/api/items",
    call(({ received }) => list(items, received.query)),
  );
  app.post(
    "/api/items",
    call(({ token, received }) => {
      if (token?.permissions.includes("write") !== true) {
        throw new OAuthProblem(401, "permission_denied", "The access token may only read.");
      }
      const title = firstValue(received.form ?? [], "title");
      if (title === undefined) throw parametersAbsent(["title"]);
      const item = { id: items.length + 1, title };
      items.push(item);
      return jsonReply(item, 201);
    }),
  );
}

function list(items: readonly Item[], query: ApiCall["received"]["query"]): Response {
  const wanted = (firstValue(query, "q") ?? "").toLowerCase();
  const found = items.filter(({ title }) => title.toLowerCase().includes(wanted));
  const offset = Number.parseInt(firstValue(query, "offset") ?? "0", 10) || 0;
  const limit = Number.parseInt(firstValue(query, "limit") ?? "20", 10) || 20;
  return jsonReply({ total: found.length, items: found.slice(offset, offset + limit) });
}

function firstValue(pairs: readonly ParameterPair[], name: string): string | undefined {
  const pair = pairs.find((other) => other.name === bytesOf(name));
  return pair === undefined ? undefined : textOf(pair.value);
}
