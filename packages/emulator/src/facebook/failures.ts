import type { FacebookFailure } from "./options.ts";
import type { NamedFailure } from "../server/failures.ts";
import { graphError } from "./graph-error.ts";
import type { GraphError } from "./graph-error.ts";
import type { FacebookSwitches } from "./options.ts";

// https://developers.facebook.com/docs/graph-api/guides/error-handling#errorcodes
const SESSION = {
  "api-app-not-installed": { subcode: 458, what: "The user has not authorized the application." },
  "api-checkpointed": { subcode: 459, what: "The user has been checkpointed." },
  "api-password-changed": { subcode: 460, what: "The user changed their password." },
  "api-session-expired": { subcode: 463, what: "Session has expired." },
  "api-unconfirmed-user": { subcode: 464, what: "Sessions for the user are not allowed." },
  "api-invalid-session": { subcode: 467, what: "The session is invalid." },
  "api-page-role-missing": { subcode: 492, what: "The user has no role on the page." },
} as const;

// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
const THROTTLE = {
  "api-app-throttled": { code: 4, message: "(#4) Application request limit reached" },
  "api-user-throttled": { code: 17, message: "(#17) User request limit reached" },
  "api-page-throttled": { code: 32, message: "(#32) Page request limit reached" },
  "api-custom-throttled": {
    code: 613,
    message: "(#613) Calls to this api have exceeded the rate limit.",
  },
} as const;

/** Makes the failures by name. They follow the current switches. */
export function facebookFailures(
  switches: FacebookSwitches,
): Readonly<Record<FacebookFailure, NamedFailure>> {
  const session = mapValues(SESSION, ({ subcode, what }) =>
    apiFailure(() => ({
      message: `Error validating access token: ${what}`,
      code: 190,
      subcode,
      status: switches.invalidTokenStatus,
    })),
  );
  const throttle = mapValues(THROTTLE, (error) =>
    apiFailure(() => ({ ...error, transient: true, status: switches.throttleStatus }), FULL_USAGE),
  );
  return { ...session, ...throttle, ...OTHER };
}

// In percent, with throttling at 100. There is no Retry-After; the business header has minutes.
const FULL_USAGE = {
  "x-app-usage": JSON.stringify({ call_count: 100, total_cputime: 25, total_time: 30 }),
  "x-business-use-case-usage": JSON.stringify({
    "1000000000000001": [
      {
        type: "pages",
        call_count: 100,
        total_cputime: 25,
        total_time: 30,
        estimated_time_to_regain_access: 12,
      },
    ],
  }),
};

const isToken = (path: string): boolean => path.endsWith("/oauth/access_token");
const isApi = (path: string): boolean =>
  /^(\/v\d+\.\d+)?\/(me|debug_token|\d+)\b/.test(path) && !isToken(path);

function mapValues<Name extends string, T, U>(
  from: Readonly<Record<Name, T>>,
  change: (value: T) => U,
): Record<Name, U> {
  const entries = Object.entries(from) as [Name, T][];
  return Object.fromEntries(entries.map(([name, value]) => [name, change(value)])) as Record<
    Name,
    U
  >;
}

function apiFailure(error: () => GraphError, headers?: Record<string, string>): NamedFailure {
  return { appliesTo: isApi, respond: () => graphError(error(), headers) };
}

const UNAVAILABLE: GraphError = {
  message: "Service temporarily unavailable",
  code: 2,
  transient: true,
  status: 503,
};

const OTHER = {
  "api-permission-denied": apiFailure(() => ({
    message: "(#200) Requires pages_show_list permission to manage the object",
    code: 200,
    status: 403,
  })),
  "api-unknown": apiFailure(() => ({
    message: "An unknown error has occurred.",
    code: 1,
    transient: true,
    status: 500,
  })),
  "api-unavailable": apiFailure(() => UNAVAILABLE),
  "token-unavailable": { appliesTo: isToken, respond: () => graphError(UNAVAILABLE) },
};
