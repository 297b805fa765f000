import type { Provider } from "@grantkit/core";
import type { Target } from "./target.ts";

/** Says which flows a provider cannot do, as far as its definition shows that. */
export function missingParts(
  { endpoints, revoke }: Pick<Provider, "endpoints" | "revoke">,
  title: string,
): Target["without"] {
  const parts: readonly (readonly [flow: string, part: unknown, name: string])[] = [
    ["authorization-code", endpoints.authorization, "authorization endpoint"],
    ["implicit", endpoints.authorization, "authorization endpoint"],
    ["device", endpoints.deviceAuthorization, "device authorization endpoint (RFC 8628)"],
    ["revocation", endpoints.revocation ?? revoke, "way to revoke tokens (RFC 7009)"],
    ["introspection", endpoints.introspection, "introspection endpoint (RFC 7662)"],
    ["user-info", endpoints.userInfo, "user info endpoint"],
    ["logout", endpoints.endSession, "end session endpoint"],
    ["verify-jwt", endpoints.jwks, "published keys, as it signs no ID tokens"],
  ];
  return {
    "service-account": `${title} has no service accounts: Google does.`,
    ...Object.fromEntries(
      parts
        .filter(([, part]) => part === undefined)
        .map(([flow, , name]) => [flow, `${title} has no ${name}.`]),
    ),
  };
}
