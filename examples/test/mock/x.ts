import { APP } from "./server/app.ts";
import type { Call, ProviderFacts, Refusal } from "./server/facts.ts";

const API = "https://api.x.com/2";
const USER = { id: "2244994945", name: "Ada", username: "ada" };
const MORE: Readonly<Record<string, unknown>> = {
  profile_image_url: "https://pbs.example/ada.jpg",
  confirmed_email: "ada@example.com",
};

/**
 * X.
 *
 * - PKCE is required, and a client with a secret authenticates with HTTP Basic.
 * - A refresh token needs the scope `offline.access`, and works once.
 * - A wrong code or refresh token is `invalid_request` (from memory).
 * - The user is in `data`. Fields beyond `id`, `name` and `username` need `user.fields`.
 *
 * @see https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code
 * @see https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/user-access-token
 */
export const xFacts: ProviderFacts = {
  authorization: "https://x.com/i/oauth2/authorize",
  token: `${API}/oauth2/token`,
  revocation: `${API}/oauth2/revoke`,
  authentication: ["basic"],
  pkce: "S256",
  pkceRequired: true,
  lifetime: 7200,
  refreshable: ({ grant }) => grant.scope.includes("offline.access"),
  rotates: true,
  refuseClient: missingHeader,
  tokenFields: () => ({ token_type: "bearer" }),
  refreshRefusal: {
    error: "invalid_request",
    description: "Value passed for the token was invalid.",
  },
  revocationAnswers: { done: { body: { revoked: true } }, unknown: { body: { revoked: true } } },
  unauthorized: {
    status: 401,
    body: { title: "Unauthorized", type: "about:blank", status: 401, detail: "Unauthorized" },
  },
  api: {
    [`GET ${API}/users/me`]: ({ fields }) => {
      const names = (fields["user.fields"] ?? "").split(",").filter((name) => name in MORE);
      return { body: { data: { ...USER, ...Object.fromEntries(names.map((n) => [n, MORE[n]])) } } };
    },
  },
};

function missingHeader({ headers, fields }: Call): Refusal | undefined {
  if (headers["authorization"] !== undefined || fields["client_id"] !== APP.clientId)
    return undefined;
  const description = "Missing valid authorization header";
  return { status: 401, error: "unauthorized_client", description };
}
