import { type OAuth2Session, Token } from "@grantkit/core";
import {
  type Fields,
  ownFields,
  readFields,
  readId,
  readList,
  readTexts,
} from "@grantkit/core/requests";
import { callGraph } from "./graph-call.ts";

/** A page that the user may act for. */
export interface FacebookPage {
  /** The page's ID. */
  readonly id: string;
  /** The page's name. */
  readonly name?: string | undefined;
  /** What the user may do on the page: `MANAGE`, `CREATE_CONTENT`, …. */
  readonly tasks: readonly string[];
  /**
   * The page's token, for `client.session()`; undefined where Facebook gives the user none. That of a long-lived user token
   * does not expire, but ends with the user's role, password or permissions.
   */
  readonly token?: Token | undefined;
  /** The other fields that were asked for. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Options of the list of pages. */
export interface FacebookPagesOptions {
  /** Further fields of each page, for example `["category", "link"]`. */
  readonly fields?: readonly string[];
  /**
   * How many pages each request asks for.
   *
   * @defaultValue Facebook's choice
   */
  readonly limit?: number;
  /** Ends the list. */
  readonly signal?: AbortSignal;
}

const FIELDS = ["id", "name", "access_token", "tasks"];

/**
 * Lists the pages that the session's user may act for, with a token for each. It asks for the next ones when they are needed.
 *
 * The user must have granted `pages_show_list`: otherwise the list is empty.
 *
 * @throws OAuthError: `TOKEN_REJECTED`, `RATE_LIMITED`, `SERVER_ERROR`, `NETWORK_ERROR`, `API_REQUEST_FAILED` also for an answer
 * that is no list of pages, ….
 * @see https://developers.facebook.com/docs/graph-api/reference/user/accounts
 *
 * @example
 * ```ts
 * import { type FacebookClient, facebookPages, type Token } from "@grantkit/provider-facebook";
 *
 * export async function names(facebook: FacebookClient, token: Token): Promise<(string | undefined)[]> {
 *   const found = [];
 *   for await (const page of facebookPages(facebook.session(token))) found.push(page.name);
 *   return found;
 * }
 * ```
 */
export async function* facebookPages(
  session: OAuth2Session,
  options: FacebookPagesOptions = {},
): AsyncGenerator<FacebookPage, void, undefined> {
  const { fields = [], limit, signal } = ownFields(options);
  const query = new URLSearchParams({ fields: [...new Set([...FIELDS, ...fields])].join(",") });
  if (limit !== undefined) query.set("limit", String(limit));
  const seen = new Set<string>();
  for (;;) {
    const url = `/me/accounts?${query.toString()}`;
    const call = { url, what: "the request for the user's pages", signal };
    const { fields: body, unusable } = await callGraph(session, call);
    const { data, paging } = body();
    const pages = readList(data)?.map(pageOf) ?? [undefined];
    if (!pages.every((page) => page !== undefined)) throw unusable();
    yield* pages;
    // The address of the next list has the token in it: the cursor alone is used.
    const { next, cursors } = readFields(paging);
    const after = readId(readFields(cursors)["after"]);
    if (next === undefined || after === undefined) return;
    if (seen.has(after)) throw unusable();
    seen.add(after);
    query.set("after", after);
  }
}

function pageOf({ id: given, access_token: accessToken, ...raw }: Fields) {
  const id = readId(given);
  if (id === undefined) return undefined;
  return {
    id,
    name: readId(raw["name"]),
    tasks: readTexts(raw["tasks"]) ?? [],
    token: typeof accessToken === "string" ? Token.from({ accessToken }) : undefined,
    raw,
  };
}
