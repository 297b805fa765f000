/** Whether axios stopped because of `maxContentLength`. */
export function isTooLarge(error: unknown): boolean {
  const { code, message, response } = (error ?? {}) as Record<string, unknown>;
  return (
    code === "ERR_BAD_RESPONSE" &&
    response === undefined &&
    String(message).startsWith("maxContentLength")
  );
}

/** The system's code for a network error, for example ECONNREFUSED; no other part of a library's error is safe to keep. */
export function networkCode(error: unknown): string {
  const { code, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  return cause === undefined ? "no answer" : networkCode(cause);
}
