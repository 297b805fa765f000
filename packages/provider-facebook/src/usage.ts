import type { Hook, ProtectedResponseHookValue } from "@grantkit/core";
import { type Fields, readFields, readJsonFields } from "@grantkit/core/requests";

/** How much of one of Facebook's rate limits is used. */
export interface FacebookUsage {
  /** Whose limit: the app's, a page's, a business's or that of an ad account. */
  readonly limit: "app" | "page" | "business" | "adAccount";
  /** The highest of the percentages that Facebook sends: it throttles at 100. */
  readonly percent: number;
  /** The ID of the business object, for the limit `business`. */
  readonly id?: string | undefined;
  /** The kind of calls, for the limit `business`: `pages`, `ads_management`, …. */
  readonly type?: string | undefined;
  /** Seconds until calls succeed again, while they are throttled. */
  readonly regainAccess?: number | undefined;
}

/** What a response of the Graph API says about the rate limits. */
export interface FacebookUsageEvent {
  /** The limits that the response names; never empty. */
  readonly usage: readonly FacebookUsage[];
  /** The version of the Graph API that served the call: a newer one than asked for, after the end of that version. */
  readonly version: string | undefined;
  /** The call's path, without the query. */
  readonly path: string;
}

/** Makes a hook that reports the usage headers of each response that has them. */
export function usageHook(
  onUsage: (event: FacebookUsageEvent) => void,
): Hook<ProtectedResponseHookValue> {
  return ({ url, header }) => {
    const usage = readUsage(header);
    if (usage.length === 0) return;
    onUsage({ usage, version: header("facebook-api-version"), path: new URL(url).pathname });
  };
}

const HEADERS = {
  "x-app-usage": "app",
  "x-page-usage": "page",
  "x-business-use-case-usage": "business",
  "x-ad-account-usage": "adAccount",
} as const satisfies Record<string, FacebookUsage["limit"]>;

/** The fields that are percentages. */
const PERCENT = /^(?:call_count|total_cputime|total_time|.+_util_pct)$/;

/**
 * Reads the usage headers of a response; what is not in their format is left out.
 *
 * @see https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function readUsage(
  header: (name: string) => string | null | undefined,
): readonly FacebookUsage[] {
  return Object.entries(HEADERS).flatMap(([name, limit]) => {
    const fields = readJsonFields(header(name));
    if (limit !== "business") return usageOf(limit, fields);
    return Object.entries(fields).flatMap(([id, uses]) =>
      [uses].flat().flatMap((use) => usageOf(limit, readFields(use), id)),
    );
  });
}

function usageOf(limit: FacebookUsage["limit"], fields: Fields, id?: string): FacebookUsage[] {
  const percentages = Object.entries(fields).flatMap(([name, value]) =>
    PERCENT.test(name) && isAmount(value) ? [value] : [],
  );
  if (percentages.length === 0) return [];
  const { type, estimated_time_to_regain_access: minutes } = fields;
  return [
    {
      limit,
      percent: Math.max(...percentages),
      ...(id !== undefined && { id }),
      ...(typeof type === "string" && { type }),
      ...(isAmount(minutes) && { regainAccess: minutes * 60 }),
    },
  ];
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
