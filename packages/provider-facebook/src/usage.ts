import type { ApiUsage, Hook, ProtectedResponseHookValue } from "@grantkit/core";
import { type Fields, readFields, readJsonFields, usageHook } from "@grantkit/core/requests";

/** Publishes the usage headers of responses, and the version of the Graph API: channel `grantkit:usage`. */
export const publishUsage: Hook<ProtectedResponseHookValue> = usageHook((header) => ({
  usage: readUsage(header),
  version: header("facebook-api-version"),
}));

const HEADERS = {
  "x-app-usage": "app",
  "x-page-usage": "page",
  "x-business-use-case-usage": "business",
  "x-ad-account-usage": "adAccount",
} as const satisfies Record<string, string>;

/** The fields that are percentages. */
const PERCENT = /^(?:call_count|total_cputime|total_time|.+_util_pct)$/;

/**
 * Reads the usage headers of a response; what is not in their format is left out.
 *
 * @see https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function readUsage(
  header: (name: string) => string | null | undefined,
): readonly ApiUsage[] {
  return Object.entries(HEADERS).flatMap(([name, limit]) => {
    const fields = readJsonFields(header(name));
    if (limit !== "business") return usageOf(limit, fields);
    return Object.entries(fields).flatMap(([id, uses]) =>
      [uses].flat().flatMap((use) => usageOf(limit, readFields(use), id)),
    );
  });
}

function usageOf(limit: string, fields: Fields, id?: string): ApiUsage[] {
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
      ...(isAmount(minutes) && { secondsToReset: minutes * 60 }),
    },
  ];
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
