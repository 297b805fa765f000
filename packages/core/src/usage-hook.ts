import { type ApiUsageEvent, isWatched, publish } from "./diagnostics.ts";
import type { Hook, ProtectedResponseHookValue } from "./hooks.ts";

/**
 * Makes a hook that publishes what the headers of a response say about rate limits: channel `grantkit:usage`.
 *
 * @param read - Reads the headers; it is called only while somebody subscribes.
 */
export function usageHook(
  read: (header: ProtectedResponseHookValue["header"]) => Pick<ApiUsageEvent, "usage" | "version">,
): Hook<ProtectedResponseHookValue> {
  return ({ url, header }, { provider }) => {
    if (!isWatched("grantkit:usage")) return;
    const { usage, version } = read(header);
    if (usage.length === 0) return;
    const path = new URL(url).pathname;
    publish("grantkit:usage", () => ({ provider, path, version, usage }));
  };
}
