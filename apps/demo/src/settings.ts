/** `PORT`, or 3000. */
export function wantedPort(text: string | undefined): number {
  if (!text) return 3000;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 65_535) return value;
  throw new Error("PORT must be a number from 1 to 65535.");
}

/** `PUBLIC_URL` as an origin, without a slash at the end; undefined where it is not set. */
export function publicOrigin(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A path would be lost: cookies, callbacks and links are all at the root.
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new Error("PUBLIC_URL must be an origin, for example https://demo.example.com.");
}
