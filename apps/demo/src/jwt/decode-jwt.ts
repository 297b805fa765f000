/** The parts of a JWT that everybody can read, whether or not it is genuine. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Decodes a signed JWT (RFC 7515 §3.1) without verifying it; undefined for any other text. */
export function decodeJwt(text: string): DecodedJwt | undefined {
  const [header, claims, ...rest] = text.split(".");
  if (header === undefined || claims === undefined || rest.length !== 1) return undefined;
  const parts = { header: objectOf(header), claims: objectOf(claims) };
  return parts.header && parts.claims ? (parts as DecodedJwt) : undefined;
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
