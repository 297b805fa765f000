/** Reads the errors of a `WWW-Authenticate` header (RFC 6750 §3), which may have several challenges. */
export function challengeErrors(header: string | null | undefined): string[] {
  return Array.from((header ?? "").matchAll(/\berror="?([\w.-]+)/g), ([, error = ""]) => error);
}
