/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a port, which `PORT` or `--port` sets; 3000 if neither does. */
export function wantedPort(text: string | undefined, name = "PORT"): number {
  if (!text) return 3000;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 65_535) return value;
  throw new Error(`${name} must be a number from 1 to 65535.`);
}

/** Reads `PUBLIC_URL` as an origin without a trailing slash; undefined if it is not set. */
export function publicOrigin(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A path would be ignored: cookies, callbacks and links are all at the root.
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new Error("PUBLIC_URL must be an origin, for example https://demo.example.com.");
}

/** Reads a provider's credentials, for example `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`: both or neither. */
export function credentials(
  environment: Environment,
  id: string,
  secret: string,
): { clientId: string; clientSecret: string } | undefined {
  const clientId = environment[id];
  const clientSecret = environment[secret];
  if (!clientId && !clientSecret) return undefined;
  if (clientId && clientSecret) return { clientId, clientSecret };
  throw new Error(
    `Set both ${id} and ${secret} for the real provider, or neither for the emulator.`,
  );
}
