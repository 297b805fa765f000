import { createHash } from "node:crypto";

/** Makes a name for URLs, always the same for a text: a callback URL with it stays registered. */
export function slugOf(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/^https?:/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);
  return `${words}-${createHash("sha256").update(text).digest("hex").slice(0, 6)}`;
}
