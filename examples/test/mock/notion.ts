import type { Answer, Call, ProviderFacts, Refusal } from "./server/facts.ts";

const HOST = "https://api.notion.com/v1";
const VERSIONS = new Set(["2022-06-28", "2025-09-03", "2026-03-11"]);
const PERSON = {
  object: "user",
  id: "d40e767c-d7af-4b18-a86d-55c61f1e39a4",
  type: "person",
  name: "Ada Lovelace",
  avatar_url: null,
  person: { email: "ada@example.com" },
};

/**
 * Notion.
 *
 * - Every request, to the OAuth endpoints too, needs the header `Notion-Version`.
 * - OAuth endpoints read JSON, and the client authenticates with HTTP Basic.
 * - The authorization request needs `owner=user`. There are no scopes and no lifetimes.
 * - A refresh returns a new refresh token.
 * - Errors are `{ object: "error", status, code, message }`.
 *
 * @see https://developers.notion.com/docs/authorization
 * @see https://developers.notion.com/reference/create-a-token
 * @see https://developers.notion.com/reference/refresh-a-token
 * @see https://developers.notion.com/reference/revoke-token
 */
export const notionFacts: ProviderFacts = {
  authorization: `${HOST}/oauth/authorize`,
  token: `${HOST}/oauth/token`,
  revocation: `${HOST}/oauth/revoke`,
  authentication: ["basic"],
  contentType: "application/json",
  refreshable: () => true,
  rotates: true,
  refuseAuthorization: ({ owner }) =>
    owner === "user"
      ? undefined
      : { error: "invalid_request", description: "owner should be user" },
  refuseClient: (call) => (hasVersion(call) ? undefined : MISSING_VERSION),
  tokenFields: () => ({
    token_type: "bearer",
    scope: undefined,
    bot_id: "b3414d65-1224-45fe-a6ff-cc9d8773d288",
    workspace_id: "e5a4d7c3-2882-41bd-864a-c36e1d9a17f0",
    workspace_name: "Ada's workspace",
    workspace_icon: null,
    owner: { type: "user", user: PERSON },
    duplicated_template_id: null,
  }),
  error: notionError,
  unauthorized: {
    status: 401,
    body: { object: "error", status: 401, code: "unauthorized", message: "API token is invalid." },
  },
  api: {
    [`GET ${HOST}/users/me`]: versioned({
      body: {
        object: "user",
        id: "b3414d65-1224-45fe-a6ff-cc9d8773d288",
        type: "bot",
        bot: { owner: { type: "user", user: PERSON }, workspace_name: "Ada's workspace" },
      },
    }),
    [`POST ${HOST}/search`]: versioned({ body: { object: "list", results: [] } }),
  },
};

const MISSING_VERSION: Refusal = {
  error: "missing_version",
  description: "Notion-Version header should be defined.",
};

function hasVersion({ headers }: Call): boolean {
  return VERSIONS.has(headers["notion-version"] ?? "");
}

function versioned(answer: Answer): (call: Call) => Answer {
  return (call) =>
    hasVersion(call) ? answer : { status: 400, body: notionError(MISSING_VERSION) };
}

function notionError({ status = 400, error: code, description: message }: Refusal): object {
  return { object: "error", status, code, message };
}
