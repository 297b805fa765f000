import type { Hook, ProtectedResponseHookValue } from "@grantkit/core";
import { usageHook } from "@grantkit/core/requests";

/**
 * Publishes the rate limit headers of responses: channel `grantkit:usage`.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 */
export const publishUsage: Hook<ProtectedResponseHookValue> = usageHook((header) => {
  const [used, most, reset] = ["used", "limit", "reset"].map((name) => {
    const digits = /^\d{1,12}$/.exec(header(`x-ratelimit-${name}`) ?? "")?.[0];
    return Number(digits ?? Number.NaN);
  }) as [number, number, number];
  const percent = Math.min(100, (used / most) * 100);
  // By GitHub's clock, as the reset is.
  const secondsToReset = reset - Date.parse(header("date") ?? "") / 1000;
  const limit = header("x-ratelimit-resource") ?? "core";
  return {
    version: header("x-github-api-version-selected"),
    usage: Number.isFinite(percent)
      ? [{ limit, percent, ...(secondsToReset >= 0 && { secondsToReset }) }]
      : [],
  };
});
