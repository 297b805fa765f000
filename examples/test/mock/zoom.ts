import type { ProviderFacts } from "./server/facts.ts";

/**
 * Zoom.
 *
 * - The client authenticates with HTTP Basic.
 * - A refresh returns a new refresh token, and the old one ends.
 * - Errors have `reason` beside `error`. The API's are `{ code: 124, message }`.
 *
 * @see https://developers.zoom.us/docs/integrations/oauth/
 */
export const zoomFacts: ProviderFacts = {
  authorization: "https://zoom.us/oauth/authorize",
  token: "https://zoom.us/oauth/token",
  revocation: "https://zoom.us/oauth/revoke",
  authentication: ["basic"],
  pkce: "S256",
  lifetime: 3600,
  refreshable: () => true,
  rotates: true,
  tokenFields: () => ({
    token_type: "bearer",
    scope: "user:read:user",
    api_url: "https://api.zoom.us",
  }),
  error: ({ error, description }) => ({ reason: description, error }),
  refreshRefusal: { error: "invalid_grant", description: "Invalid Token!" },
  revocationAnswers: { done: { body: { status: "success" } } },
  unauthorized: { status: 401, body: { code: 124, message: "Access token is expired." } },
  api: {
    "GET https://api.zoom.us/v2/users/me": () => ({
      body: {
        id: "zJKyaiAyTNC-MWjiWC18KQ",
        first_name: "Ada",
        last_name: "Lovelace",
        display_name: "Ada Lovelace",
        email: "ada@example.com",
        verified: 1,
        pic_url: "https://us01pic.example/ada.jpg",
      },
    }),
  },
};
