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

/**
 * Codes of a connection that was lost after it had been made: the socket was reset or closed, perhaps a reused one that the
 * server had given up, or the response broke off. ERR_NETWORK is all that a browser says.
 */
const LOST = /^(?:ECONNRESET|EPIPE|ERR_BAD_RESPONSE|ERR_NETWORK|UND_ERR_SOCKET)$/;

/** Whether a connection was lost, by the code that {@link networkCode} gave: the same request may succeed at once. */
export function isConnectionLost(code: unknown): boolean {
  return typeof code === "string" && LOST.test(code);
}
