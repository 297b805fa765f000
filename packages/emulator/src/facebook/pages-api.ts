import { randomInt } from "node:crypto";
import type { Hono } from "hono";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { graphAccess, NO_TOKEN } from "./graph-access.ts";
import { graphError, graphReply, noSuchObject } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookPage, FacebookUser } from "./users.ts";

/** Serves the list of a user's pages, with cursors, and the posts on a page. Each page has its own token. */
export function servePages(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.get("/me/accounts", (c) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    const { user } = access;
    if (user === undefined) return graphError(NO_TOKEN);
    // Without the permission, the list is empty instead of an error.
    const visible = server.permissions.has(user.id, "pages_show_list") ? (user.pages ?? []) : [];
    return listReply(server, c, user, visible);
  });
  graph.post("/:id{[0-9]+}/feed", (c) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    const { user, page } = access;
    if (user === undefined || page?.id !== c.req.param("id")) {
      return noSuchObject("post", c.req.param("id"));
    }
    const mayPost = server.permissions.has(user.id, "pages_manage_posts");
    if (!mayPost || !page.tasks.includes("CREATE_CONTENT")) return graphError(MAY_NOT_POST);
    return graphReply({ id: `${page.id}_${randomInt(1e12, 1e13)}` });
  });
}

const MAY_NOT_POST: GraphError = {
  message:
    "(#200) Posting to a page requires the permission pages_manage_posts, and the task CREATE_CONTENT.",
  code: 200,
  status: 403,
};

function listReply(
  server: FacebookServer,
  c: EmulatorContext,
  user: FacebookUser,
  pages: readonly FacebookPage[],
): Response {
  const limit = Math.max(1, Number(c.req.query("limit")) || 25);
  const start = startIndex(pages, c.req.query("after"));
  const shown = pages.slice(start, start + limit);
  const data = shown.map((page) => ({
    access_token: server.tokens.issuePage(user, page),
    category: "Community",
    name: page.name,
    id: page.id,
    tasks: page.tasks,
  }));
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return graphReply({ data });
  const cursors = { before: cursor(first), after: cursor(last) };
  const more = start + limit < pages.length;
  return graphReply({
    data,
    paging: { cursors, ...(more ? { next: nextUrl(c, cursors.after) } : {}) },
  });
}

function startIndex(pages: readonly FacebookPage[], after: string | undefined): number {
  return after === undefined ? 0 : pages.findIndex((page) => cursor(page) === after) + 1;
}

function cursor(page: FacebookPage): string {
  return Buffer.from(page.id).toString("base64url");
}

function nextUrl(c: EmulatorContext, after: string): string {
  const url = new URL(c.req.url);
  url.searchParams.set("after", after);
  return url.href;
}
