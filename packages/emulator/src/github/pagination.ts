import type { Context, Env } from "hono";
import { jsonReply } from "../oauth/replies.ts";

const MOST_PER_PAGE = 100;

/** One page of a list, with the Link header that leads to the others. */
export function pageOf<E extends Env>(
  c: Context<E>,
  items: readonly unknown[],
  perPageByDefault: number = 30,
): Response {
  const perPage = Math.min(positive(c.req.query("per_page"), perPageByDefault), MOST_PER_PAGE);
  const page = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, relation: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(", ") };
  return jsonReply(items.slice((page - 1) * perPage, page * perPage), 200, headers);
}

function positive(given: string | undefined, otherwise: number): number {
  const number = Number(given);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}
