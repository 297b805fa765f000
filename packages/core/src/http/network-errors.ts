/** axios's code for a response that broke off. */
export const BROKEN_OFF = "ERR_BAD_RESPONSE";
/** Error codes of a connection that was reset. */
const RESET = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
/** How deep a chain of causes is searched. */
const DEEPEST_CAUSE = 5;

/** Whether axios stopped because of `maxContentLength`. */
export function isTooLarge(error: unknown): boolean {
  const { code, message, response } = (error ?? {}) as Record<string, unknown>;
  return (
    code === BROKEN_OFF && response === undefined && String(message).startsWith("maxContentLength")
  );
}

/** The system's code for a network error, for example ECONNREFUSED; no other part of a library's error is safe to keep. */
export function networkCode(error: unknown): string {
  const { code, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  return cause === undefined ? "no answer" : networkCode(cause);
}

/** Whether an error of axios or fetch means that the connection was reset before a response. */
export function isReset(error: unknown): boolean {
  let each = error;
  for (let depth = 0; depth < DEEPEST_CAUSE; depth += 1) {
    if (typeof each !== "object" || each === null) return false;
    const { code, message, response, cause } = each as Record<string, unknown>;
    // fetch says "terminated" when a body breaks off, which is after the response.
    if ((response ?? undefined) !== undefined || message === "terminated") return false;
    if ((typeof code === "string" && RESET.has(code)) || message === "socket hang up") return true;
    each = cause;
  }
  return false;
}

/**
 * Codes of a connection that was lost after it had been made: the socket was reset or closed, perhaps a reused one that the
 * server had given up, or the response broke off. ERR_NETWORK is all that a browser says.
 */
const LOST: ReadonlySet<unknown> = new Set([...RESET, BROKEN_OFF, "ERR_NETWORK"]);

/** Whether a connection was lost, by the code that {@link networkCode} gave: the same request may succeed at once. */
export function isConnectionLost(code: unknown): boolean {
  return LOST.has(code);
}
