/** The API that tokens can be asked for by name (RFC 8707). */
export const RESOURCE = "https://jobs.example.com/";
/** The one type of authorization details (RFC 9396) that the local server knows. */
export const DETAILS_TYPE = "payment_initiation";
export const SCOPES = [
  "openid",
  "email",
  "profile",
  "offline_access",
  "jobs:read",
  "jobs:write",
] as const;
