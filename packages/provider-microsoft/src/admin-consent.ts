import { type CallbackInput, OAuthError, type OAuthErrorCode } from "@grantkit/core";
import {
  must,
  optionProblems,
  type OptionRules,
  ownOptions,
  providerError,
  queryOf,
  Redactor,
  sameSecret,
  throwProblems,
} from "@grantkit/core/requests";
import { isTenantId } from "./authority.ts";

/** Options of `adminConsentUrl()`. */
export interface AdminConsentOptions {
  /** An unguessable value that comes back in the callback: keep it in the administrator's session. */
  readonly state: string;
  /** Where Microsoft sends the administrator afterwards; by default the client's `redirectUri`. */
  readonly redirectUri?: string;
  /**
   * The scopes to consent to.
   *
   * @defaultValue `["https://graph.microsoft.com/.default"]` (the host is that of the client's cloud): all that the app's
   * registration lists
   */
  readonly scope?: readonly string[];
  /**
   * The ID of the administrator's tenant.
   *
   * @defaultValue the client's tenant; `organizations` where it has none of its own
   */
  readonly tenant?: string;
}

/** What an administrator consented to. */
export interface AdminConsent {
  /** The tenant, as the callback has it. It came through the browser: verify an ID token before you trust it. */
  readonly tenant: string | undefined;
  /** The scopes, as the callback has them. */
  readonly scope: readonly string[];
}

const PROVIDER = "microsoft";
const SHORTEST_STATE = 16;

const isUrl = (value: unknown): boolean => typeof value === "string" && URL.canParse(value);

const RULES: OptionRules<AdminConsentOptions> = {
  state: (value, name) =>
    typeof value === "string" && value.length >= SHORTEST_STATE
      ? []
      : [`${name} must be an unguessable text of at least ${SHORTEST_STATE} characters`],
  redirectUri: (value, name) =>
    isUrl(value) ? [] : [`${name} is missing: pass an absolute URL here or to the client`],
  scope: must("be a list of scopes", (value) => Array.isArray(value) && value.length > 0),
  tenant: must("be a tenant's ID, a GUID", isTenantId),
};

/** Builds the URL at which an administrator consents for all users of a tenant. */
export function adminConsentUrl(
  options: AdminConsentOptions,
  client: {
    readonly clientId: string;
    readonly redirectUri: string | undefined;
    readonly authorizationEndpoint: string;
    /** The origin of Microsoft Graph. */
    readonly graph: string;
  },
): string {
  const own = ownOptions(options ?? ({} as AdminConsentOptions));
  const { redirectUri = client.redirectUri, scope = [`${client.graph}/.default`], state } = own;
  const problems = optionProblems({ ...own, redirectUri }, RULES);
  const { pathname } = new URL(client.authorizationEndpoint);
  const match = /^\/([^/]+)\/oauth2\/v2\.0\/authorize$/.exec(pathname);
  if (!match) problems.push("the client's tenant has no admin consent: B2C is for customers");
  throwProblems("adminConsentUrl()", problems, PROVIDER);
  const ofClient = match?.[1] as string;
  const { tenant = isTenantId(ofClient) ? ofClient : "organizations" } = own;
  const url = new URL(`/${tenant}/v2.0/adminconsent`, client.authorizationEndpoint);
  const parameters = { client_id: client.clientId, scope: scope.join(" "), state };
  for (const [name, value] of Object.entries({ ...parameters, redirect_uri: redirectUri })) {
    url.searchParams.set(name, value as string);
  }
  return url.href;
}

/**
 * Reads the callback of an admin consent.
 *
 * @param callback - The callback's URL or path, or the request.
 * @param state - The `state` that was kept in the administrator's session; use it once.
 * @throws OAuthError: `STATE_MISMATCH`, before anything else is read; `ACCESS_DENIED` when the administrator said no;
 * `PROVIDER_ERROR` for another error, `CALLBACK_INVALID` for a callback of something else.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
 */
export function readAdminConsent(callback: CallbackInput, state: string): AdminConsent {
  const query = queryOf(PROVIDER, callback) ?? new URLSearchParams();
  const [given = "", ...repeated] = query.getAll("state");
  const isOfSession = typeof state === "string" && state !== "" && sameSecret(given, state);
  if (!isOfSession || repeated.length > 0) {
    throw refused(
      "STATE_MISMATCH",
      "The callback's state is not the one of this session: it may be forged. Begin the admin consent again.",
    );
  }
  if (query.has("error")) throw answeredError(query);
  if (query.get("admin_consent")?.toLowerCase() !== "true") {
    throw refused(
      "CALLBACK_INVALID",
      "The callback is of no admin consent: it has no admin_consent. Check its redirect URI.",
    );
  }
  const scope = query.get("scope") ?? "";
  return {
    tenant: query.get("tenant") ?? undefined,
    scope: scope.split(" ").filter((each) => each !== ""),
  };
}

function answeredError(query: URLSearchParams): OAuthError {
  const error = query.get("error") ?? "";
  const errorDescription = query.get("error_description") ?? undefined;
  const code = error === "access_denied" ? "ACCESS_DENIED" : "PROVIDER_ERROR";
  return providerError(
    { error, errorDescription, code },
    {
      provider: PROVIDER,
      what: "the admin consent",
      advice: "Let an administrator try again.",
      // Nothing in it is a secret, but it may have control characters, and be long.
      redactor: new Redactor([]),
    },
  );
}

function refused(code: OAuthErrorCode, message: string): OAuthError {
  return new OAuthError(code, message, { provider: PROVIDER });
}
