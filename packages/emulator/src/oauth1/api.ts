import { createHash } from "node:crypto";
import { jsonReply } from "../oauth/responses.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { bytesOf, textOf } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";
import { oauthRoute } from "./received-parameters.ts";
import type { OAuthRequest } from "./received-parameters.ts";
import type { OAuth1Server } from "./server.ts";
import { verifySignedRequest } from "./signed-request.ts";
import type { SignedRequest } from "./signed-request.ts";
import type { AccessToken } from "./tokens.ts";

/** A verified API call. */
interface ApiCall extends SignedRequest<AccessToken>, OAuthRequest {}

/** Makes a route that verifies the signature and the token of a call. */
type ApiRoutes = (
  handle: (call: ApiCall) => Response | Promise<Response>,
  options?: { readonly needsToken: boolean },
) => (c: EmulatorContext) => Promise<Response>;

/** Serves the protected resources (RFC 5849 section 3). */
export function serveApi(server: OAuth1Server): void {
  const { app } = server;
  const call = apiRoutes(server);
  app.get(
    "/api/me",
    call(({ token }) => jsonReply(profile(token))),
  );
  itemsApi(server, call);
  app.all("/api/redirect", call(redirect));
  // The echo also accepts two-legged calls.
  app.all("/api/echo/*", call(echo, { needsToken: false }));
}

function apiRoutes(server: OAuth1Server): ApiRoutes {
  return (handle, { needsToken } = { needsToken: true }) =>
    oauthRoute(server, async (request) => {
      const signed = await verifySignedRequest(request, {
        parameters: needsToken ? ["oauth_token"] : [],
        findToken: (name) => server.accessTokens.get(name),
      });
      if (signed.token !== undefined && signed.token.expiresAt <= server.now()) {
        throw new OAuthProblem(401, "token_expired", "The access token has expired.");
      }
      return handle({ ...signed, ...request });
    });
}

function profile(token: AccessToken | undefined): object {
  const { id, screenName, name, email, picture } = token?.user ?? {};
  return { id, screen_name: screenName, name, email, picture };
}

interface Item {
  readonly id: number;
  readonly title: string;
}

const SEEDED_TITLES = ["Analytical engine", "Note G", "Café & crêpes", "100 % of it", "Ünïcode ☃"];

/** Serves a list of items, with search and pages, and with additions for tokens that may write. */
function itemsApi({ app }: OAuth1Server, call: ApiRoutes): void {
  const items: Item[] = SEEDED_TITLES.map((title, index) => ({ id: index + 1, title }));
  app.get(
    "/api/items",
    call(({ received }) => listItems(items, received.query)),
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

function listItems(items: readonly Item[], query: readonly ParameterPair[]): Response {
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

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Redirects to the parameter `to`, a path or an absolute URL, with the parameter `status`. */
function redirect({ received }: ApiCall): Response {
  const given = Object.fromEntries(
    received.query.map(({ name, value }) => [name, textOf(value)] as const),
  );
  const { to = "/api/me", status = "302" } = given;
  if (!STATUSES.has(Number(status))) {
    throw parametersRejected(["status"], `There are: ${[...STATUSES].join(", ")}.`);
  }
  if (!/^[\x21-\x7e]+$/.test(to)) throw parametersRejected(["to"], "It is a path or a URL.");
  return new Response(null, { status: Number(status), headers: { location: to } });
}

/** Describes the request: its sender, the parameters as pairs, and the size and the SHA-256 of the body. */
async function echo({ c, received, consumer, token, method }: ApiCall): Promise<Response> {
  const body = Buffer.from(await c.req.arrayBuffer());
  return jsonReply({
    method: c.req.method,
    path: c.get("received").path,
    consumer: consumer.key,
    user: token?.user.screenName ?? null,
    signatureMethod: method,
    placement: received.placement,
    query: received.query.map(asText),
    form: received.form?.map(asText) ?? null,
    json: c.req.header("content-type")?.includes("json") === true ? parseJson(body) : null,
    contentType: c.req.header("content-type") ?? null,
    bodyBytes: body.length,
    bodySha256: createHash("sha256").update(body).digest("hex"),
    bodyHashChecked: received.oauth.has("oauth_body_hash"),
  });
}

function asText({ name, value }: ParameterPair): readonly [string, string] {
  return [textOf(name), textOf(value)];
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
