/** The longest wait that is reported, in seconds: one day. */
const LONGEST_WAIT = 86_400;

/**
 * Reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date.
 *
 * @param value - The header.
 * @param now - Milliseconds since the epoch.
 * @returns Seconds from now, between 0 and a day; undefined for what is neither form.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text), LONGEST_WAIT);
  // RFC 9110 dates name the day first; Date.parse alone would also read "1.5" as a date.
  if (!/^[A-Za-z]{3,9}, /.test(text) || text.length > 40) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  return Math.min(Math.max(Math.ceil((time - now) / 1000), 0), LONGEST_WAIT);
}
