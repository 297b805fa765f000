import type { Hono } from "hono";
import { allParameters } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { graphAccess, NO_TOKEN } from "./graph-access.ts";
import { graphError, graphReply, noSuchObject } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import { CLIENT_BUSINESS_ID } from "./system-users.ts";
import type { FacebookUser } from "./users.ts";

/** An item of a `fields` parameter, for instance `picture.width(200){url}`. */
interface GraphField {
  readonly name: string;
  /** The values of `.name(value)`. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/** Serves `/me` and `/{user-id}`, which send the id and the name unless the request names other fields. */
export function serveUser(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.get("/:id{(?:me|[0-9]+)}", (c) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    const { user, page, type } = access;
    if (user === undefined) return graphError(NO_TOKEN);
    const own = page ?? user;
    if (c.req.param("id") !== "me" && c.req.param("id") !== own.id)
      return noSuchObject("get", c.req.path);
    if (page !== undefined) return graphReply({ name: page.name, id: page.id });
    const businessId = type === "SYSTEM_USER" ? CLIENT_BUSINESS_ID : undefined;
    const person = { ...user, businessId };
    return describe(server, person, parseFields(allParameters(c)["fields"] ?? "id,name"));
  });
}

type Person = FacebookUser & { readonly businessId: string | undefined };

function describe(server: FacebookServer, user: Person, fields: readonly GraphField[]): Response {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const value = fieldValue(server, user, field);
    if (value === UNKNOWN) {
      const message = `(#100) Tried accessing nonexisting field (${field.name}) on node type (User)`;
      return graphError({ message, code: 100, challenge: "invalid_request" });
    }
    values[field.name] = value;
  }
  // Facebook always sends the id.
  return graphReply({ ...values, id: user.id });
}

const UNKNOWN = Symbol("unknown field");

// Without its permission, a field is left out silently.
function fieldValue(server: FacebookServer, user: Person, field: GraphField): unknown {
  switch (field.name) {
    case "id":
      return user.id;
    case "name":
      return user.name;
    case "first_name":
    case "short_name":
      return user.firstName;
    case "last_name":
      return user.lastName;
    case "name_format":
      return "{first} {last}";
    case "email":
      return server.permissions.has(user.id, "email") ? user.email : undefined;
    case "client_business_id":
      return user.businessId;
    case "picture":
      return { data: picture(user, field) };
    default:
      return OTHER_FIELDS.has(field.name) ? undefined : UNKNOWN;
  }
}

const OTHER_FIELDS: ReadonlySet<string> = new Set([
  "middle_name",
  "link",
  "gender",
  "birthday",
  "locale",
]);

const SIZES: Readonly<Record<string, number>> = { small: 50, square: 50, normal: 100, large: 200 };

function picture(user: FacebookUser, { modifiers }: GraphField): object {
  const square = SIZES[modifiers["type"] ?? "square"] ?? 50;
  const width = Number(modifiers["width"] ?? modifiers["height"] ?? square);
  const height = Number(modifiers["height"] ?? modifiers["width"] ?? square);
  return { height, is_silhouette: user.silhouette === true, url: user.picture, width };
}

/** Parses a `fields` parameter. Subfields in braces are ignored: the emulator sends all of them. */
function parseFields(text: string | undefined): GraphField[] {
  return (text ?? "")
    .replaceAll(/\{[^}]*\}/g, "")
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => ({
      name: item.replace(/[.(].*$/, ""),
      modifiers: Object.fromEntries(
        [...item.matchAll(/\.(\w+)\(([^)]*)\)/g)].map(([, name = "", value = ""]) => [name, value]),
      ),
    }));
}
