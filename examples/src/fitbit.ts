import { defineProvider, type ProviderErrorBody } from "@grantkit/core";

/**
 * Fitbit. The token endpoint and the API send errors as `{"success": false, "errors": [{"errorType": …, "message": …}]}`.
 *
 * @see https://dev.fitbit.com/build/reference/web-api/authorization/
 */
export const fitbit = defineProvider({
  name: "fitbit",
  endpoints: {
    authorization: "https://www.fitbit.com/oauth2/authorize",
    token: "https://api.fitbit.com/oauth2/token",
    userInfo: "/1/user/-/profile.json",
  },
  api: { baseUrl: "https://api.fitbit.com" },
  clientAuthentication: "basic",
  defaultScope: ["profile"],
  // Fitbit's other error codes are those of RFC 6749.
  errorAliases: { expired_token: "invalid_grant", invalid_token: "invalid_grant" },
  readError: readFitbitError,
  profile: { id: "user.encodedId", name: "user.fullName" },
});

/** Reads the first error; the others name more invalid fields. */
function readFitbitError(body: Readonly<Record<string, unknown>>): ProviderErrorBody | undefined {
  const [first] = Array.isArray(body["errors"]) ? (body["errors"] as unknown[]) : [];
  const { errorType, message } = (first ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof errorType !== "string") return undefined;
  return {
    error: errorType,
    errorDescription: typeof message === "string" ? message : undefined,
  };
}
