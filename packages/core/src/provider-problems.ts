import { clientAuthenticationProblems } from "./oidc/client-authentication.ts";
import { HOOK_NAMES } from "./hooks.ts";
import { isSecureUrl } from "./http/loopback.ts";
import { expiredTokenProblems } from "./tokens/expired-token.ts";
import { resolvePlacement } from "./tokens/token-placement.ts";
import { unknownFields } from "./options/unknown-fields.ts";
import { scopeProblems } from "./tokens/scopes.ts";

const FIELDS = new Set([
  "name",
  "issuer",
  "endpoints",
  "issuerInCallback",
  "pushAuthorizationRequests",
  "scopeDelimiter",
  "scopeAliases",
  "clientAuthentication",
  "tokenPlacement",
  "api",
  "expiredToken",
  "defaultScope",
  "idToken",
  "errorAliases",
  "authorizationOptions",
  "authorizationParameters",
  "readError",
  "userInfo",
  "profile",
  "hooks",
]);

const ENDPOINTS = new Set([
  "authorization",
  "token",
  "userInfo",
  "jwks",
  "revocation",
  "introspection",
  "deviceAuthorization",
  "pushedAuthorization",
  "endSession",
]);

/** Where fields of a provider are that others have beside one another. */
const FIELDS_ELSEWHERE: Readonly<Record<string, string>> = {
  authorizationurl: "did you mean endpoints.authorization?",
  authorizeurl: "did you mean endpoints.authorization?",
  authorizationendpoint: "did you mean endpoints.authorization?",
  tokenurl: "did you mean endpoints.token?",
  accesstokenurl: "did you mean endpoints.token?",
  tokenendpoint: "did you mean endpoints.token?",
  userinfourl: "did you mean endpoints.userInfo?",
  userinfoendpoint: "did you mean endpoints.userInfo?",
  baseurl: "did you mean api: { baseUrl }?",
};

/** What to do with an emulator's `endpoints` that were put into a definition. */
export const ENDPOINTS_ELSEWHERE: Readonly<Record<string, string>> = {
  api: "did you mean api: { baseUrl } beside endpoints? An emulator's endpoints are the second argument of the function",
  issuer: "did you mean issuer beside endpoints?",
};

/** Whether a value can name a provider. */
export function isProviderName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9-]*$/.test(value);
}

/** What is wrong with what takes the place of a provider's endpoints. */
export function overrideProblems(overrides: unknown): string[] {
  return typeof overrides !== "object" || overrides === null || "endpoints" in overrides
    ? ["endpoints must be an object of URLs: pass the `endpoints` of an emulator"]
    : [];
}

/** What is wrong with a provider's definition, one sentence a problem. */
export function providerProblems(definition: object): string[] {
  const source = definition as Record<string, unknown>;
  const problems = unknownFields(source, FIELDS, "", FIELDS_ELSEWHERE);
  if (!isProviderName(source["name"])) {
    problems.push('name must be a short name in lower case, for example "example"');
  }
  problems.push(...endpointProblems(source["endpoints"]));
  if (source["api"] !== undefined) problems.push(...apiProblems(source["api"]));
  const delimiter = source["scopeDelimiter"];
  if (delimiter !== undefined && (typeof delimiter !== "string" || delimiter === "")) {
    problems.push('scopeDelimiter must be what stands between scopes, for example ","');
  }
  if (source["issuer"] !== undefined && typeof source["issuer"] !== "string") {
    problems.push("issuer must be a string");
  }
  if (source["issuerInCallback"] === true && source["issuer"] === undefined) {
    problems.push("issuerInCallback needs issuer: it is what the callback's iss is compared with");
  }
  if (source["defaultScope"] !== undefined) {
    problems.push(...scopeProblems(source["defaultScope"]).map((text) => `defaultScope: ${text}`));
  }
  problems.push(...clientAuthenticationProblems(source["clientAuthentication"]));
  problems.push(...tokenPlacementProblems(source["tokenPlacement"]));
  problems.push(...expiredTokenProblems(source["expiredToken"]));
  problems.push(...hookProblems(source["hooks"]));
  return problems;
}

/** What is wrong with the API that tokens go to. */
export function apiProblems(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return ["api must be an object with baseUrl"];
  const { baseUrl, origins } = value as Record<string, unknown>;
  const problems = urlProblems("api.baseUrl", baseUrl);
  if (origins === undefined) return problems;
  if (!Array.isArray(origins)) return [...problems, "api.origins must be an array of origins"];
  return problems.concat(
    origins.flatMap((origin: unknown, index) =>
      isOrigin(origin)
        ? []
        : [
            `api.origins[${index}] must be an https origin, for example "https://uploads.example.com" or "https://*.example.com"`,
          ],
    ),
  );
}

function isOrigin(origin: unknown): boolean {
  if (typeof origin !== "string") return false;
  const plain = origin.replace(/^https:\/\/\*\.(?=[^/:]+\/?$)/, "https://").replace(/\/$/, "");
  if (plain.includes("*") || !URL.canParse(plain)) return false;
  const url = new URL(plain);
  return isSecureUrl(url) && url.origin === plain;
}

/** What is wrong with a URL that secrets travel to. */
export function urlProblems(name: string, value: unknown): string[] {
  if (typeof value !== "string" || !URL.canParse(value)) {
    return [`${name} must be an absolute URL, for example "https://example.com/path"`];
  }
  const url = new URL(value);
  if (!isSecureUrl(url)) {
    return [`${name} must use https (http is allowed for this machine only: localhost, 127.0.0.1)`];
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    return [`${name} must have no user name, password or fragment`];
  }
  return [];
}

/** What is wrong with a token placement. */
export function tokenPlacementProblems(value: unknown): string[] {
  return value === undefined || resolvePlacement(value)
    ? []
    : ['tokenPlacement must be "header", "query", "body" or { in, scheme or name }'];
}

/** What is wrong with a set of hooks. */
export function hookProblems(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return ["hooks must be an object"];
  return Object.entries(value).flatMap(([name, hooks]) => {
    if (!(HOOK_NAMES as readonly string[]).includes(name)) {
      return [`hooks.${name} does not exist; the hooks are ${HOOK_NAMES.join(", ")}`];
    }
    return [hooks].flat().every((hook) => typeof hook === "function")
      ? []
      : [`hooks.${name} must be a function or an array of functions`];
  });
}

function endpointProblems(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return ["endpoints must be an object with at least token"];
  }
  const endpoints = value as Record<string, unknown>;
  const problems = unknownFields(endpoints, ENDPOINTS, "endpoints.", ENDPOINTS_ELSEWHERE);
  for (const name of ENDPOINTS) {
    const endpoint = endpoints[name];
    if (endpoint === undefined && name !== "token") continue;
    if (name === "userInfo" && typeof endpoint === "string" && /^\/(?!\/)/.test(endpoint)) continue;
    problems.push(...urlProblems(`endpoints.${name}`, endpoint));
  }
  return problems;
}
