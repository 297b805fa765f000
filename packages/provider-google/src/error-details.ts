import { isObject, ownFields } from "@grantkit/core/requests";

/** Why one of Google's APIs refused a request. */
export interface ErrorInfo {
  /** The reason of `ErrorInfo`, or else that of older APIs. */
  readonly reason: string | undefined;
  /** The reason that older APIs give beside it, or instead. */
  readonly olderReason: string | undefined;
  readonly domain: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Without a prototype: what somebody added to `Object.prototype` is no reason. */
const NOTHING: Fields = ownFields({});

/**
 * Reads the reason of an error: of the `google.rpc.ErrorInfo` among its details, and of the older list `errors`.
 *
 * @see https://google.aip.dev/193#errorinfo
 */
export function errorInfoOf(details: unknown, errors: unknown): ErrorInfo {
  const info = detailOf(details, "reason") ?? NOTHING;
  const [older = NOTHING] = listOf(errors);
  const { metadata } = info;
  const texts = isObject(metadata) ? Object.entries(metadata).filter(isTextEntry) : [];
  return {
    reason: textOf(info["reason"]) ?? textOf(older["reason"]),
    olderReason: textOf(older["reason"]),
    domain: textOf(info["domain"]) ?? textOf(older["domain"]),
    metadata: Object.fromEntries(texts),
  };
}

/** Reads the seconds of a `google.rpc.RetryInfo`, for example `"30s"`. */
export function retrySecondsOf(details: unknown): number | undefined {
  const delay = detailOf(details, "retryDelay")?.["retryDelay"];
  const seconds = typeof delay === "string" && /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1];
  return seconds ? Number(seconds) : undefined;
}

function detailOf(details: unknown, field: string): Fields | undefined {
  return listOf(details).find((each) => textOf(each[field]) !== undefined);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject).map((each) => ownFields(each)) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
