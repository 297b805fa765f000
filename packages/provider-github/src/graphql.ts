import type { FixedApi, OAuth2Client, OAuth2Session } from "@grantkit/core";
import { isObject, readFields, readList, readText } from "@grantkit/core/requests";
import type { GitHubErrorReason } from "./error-answer.ts";
import { limitNamedIn } from "./rate-limit.ts";
import { callGitHub } from "./rest-call.ts";

/** The reason by the type of an error, which GraphQL sends with status 200. */
const REASONS = new Map<unknown, GitHubErrorReason>([
  ["FORBIDDEN", "forbidden"],
  ["INSUFFICIENT_SCOPES", "forbidden"],
  ["NOT_FOUND", "not-found"],
  ["UNPROCESSABLE", "validation-failed"],
]);

/** Reads why an answer of the GraphQL API refuses the query; undefined for one that does not. */
export function graphqlReason(body: unknown): GitHubErrorReason | undefined {
  const { data, errors } = readFields(body);
  const [error] = readList(errors) ?? [];
  if (!error) return isObject(data) ? undefined : "other";
  const { type, message, extensions } = error;
  if (readFields(extensions)["saml_failure"] === true) return "sso-required";
  // The type of a limit is RATE_LIMIT or RATE_LIMITED, and some errors have no type.
  const said = [readText(type)?.replace("_", " "), readText(message)].join(" ");
  return REASONS.get(type) ?? limitNamedIn(said) ?? "other";
}

/** Sends a query to the GraphQL API, and returns its data. */
export async function queryGraphql(
  client: OAuth2Client,
  session: OAuth2Session,
  query: string,
  variables: object | undefined,
): Promise<unknown> {
  const { baseUrl } = client.provider.api as FixedApi;
  const { fields } = await callGitHub(session, {
    method: "POST",
    // That of an Enterprise Server is beside /api/v3.
    url: `${baseUrl.replace(/\/v3$/, "")}/graphql`,
    json: { query, ...(variables && { variables }) },
    what: "the GraphQL query",
    reasonOf: graphqlReason,
    maxContentLength: LARGEST_ANSWER,
  });
  return fields()["data"];
}

/** Bytes. */
const LARGEST_ANSWER = 10 * 1024 * 1024;
