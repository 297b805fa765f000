import { ConfigurationError } from "@grantkit/core";
import type { AxiosAdapter } from "axios";
import { recordingAdapter } from "../../exchanges/recording-adapter.ts";
import { resolveHost } from "./forbidden-addresses.ts";

/** Bytes. */
const LARGEST_ANSWER = 5 * 1024 * 1024;

/**
 * Sends requests to what the person typed in, and nowhere else. Each redirect that the SDK follows is a request of its own here.
 *
 * @param origins - Where requests may go, with wildcards as in `api.origins`.
 */
export function guardedAdapter(origins: readonly string[]): AxiosAdapter {
  const allowed = origins.map(patternOf);
  return async (config) => {
    const url = new URL(config.url ?? "");
    if (!allowed.some((pattern) => pattern.test(url.origin))) {
      throw refusal(
        `${url.origin} is neither what you typed in nor one of the servers that you confirmed`,
      );
    }
    const addresses = await unlessAborted(resolveHost(url), config.signal);
    if (!addresses) {
      throw refusal(
        `${url.hostname} is a link-local address, where clouds keep the credentials of their machines: the playground never sends anything there`,
      );
    }
    const { maxContentLength = -1 } = config;
    return recordingAdapter({
      ...config,
      maxRedirects: 0,
      maxContentLength: maxContentLength < 0 ? LARGEST_ANSWER : maxContentLength,
      lookup: (_host: string, _options: object, done: Found) => done(null, [...addresses]),
    });
  };
}

type Found = (
  error: Error | null,
  addresses: { readonly address: string; readonly family: 4 | 6 }[],
) => void;

function refusal(problem: string): ConfigurationError {
  return new ConfigurationError("This address", [problem]);
}

function patternOf(origin: string): RegExp {
  const escaped = origin.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace("*", String.raw`[\w.-]+`)}$`);
}

/** A resolver that hangs must not outlast the request's time limit. */
async function unlessAborted<Result>(
  result: Promise<Result>,
  signal: { readonly aborted: boolean; addEventListener?(...args: unknown[]): unknown } | undefined,
): Promise<Result> {
  if (!signal) return result;
  return Promise.race([
    result,
    new Promise<never>((_resolve, reject) => {
      const abort = (): void => reject(new Error("aborted"));
      if (signal.aborted) abort();
      else signal.addEventListener?.("abort", abort, { once: true });
    }),
  ]);
}
