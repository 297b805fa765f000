import { type Fields, readFields, readList, readText } from "@grantkit/core/requests";

/** Why one of Google's APIs refused a request. */
export interface ErrorInfo {
  /** The reason of `ErrorInfo`, or else that of older APIs. */
  readonly reason: string | undefined;
  /** The reason that older APIs give beside it, or instead. */
  readonly olderReason: string | undefined;
  readonly domain: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the reason of an error: of the `google.rpc.ErrorInfo` among its details, and of the older list `errors`.
 *
 * @see https://google.aip.dev/193#errorinfo
 */
export function errorInfoOf(details: unknown, errors: unknown): ErrorInfo {
  const info = readFields(detailOf(details, "reason"));
  const older = readFields(readList(errors)?.[0]);
  return {
    reason: readText(info["reason"]) ?? readText(older["reason"]),
    olderReason: readText(older["reason"]),
    domain: readText(info["domain"]) ?? readText(older["domain"]),
    metadata: Object.fromEntries(Object.entries(readFields(info["metadata"])).filter(isTextEntry)),
  };
}

/** Reads the seconds of a `google.rpc.RetryInfo`, for example `"30s"`. */
export function retrySecondsOf(details: unknown): number | undefined {
  const delay = detailOf(details, "retryDelay")?.["retryDelay"];
  const seconds = typeof delay === "string" && /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1];
  return seconds ? Number(seconds) : undefined;
}

function detailOf(details: unknown, field: string): Fields | undefined {
  return readList(details)?.find((each) => readText(each[field]) !== undefined);
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
