import type { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";

/** Returns the URL of a user's generated picture. */
export function avatarUrl(origin: string, name: string): string {
  return `${origin}/emulator/avatar/${encodeURIComponent(name)}.svg`;
}

/** Returns the URL of the silhouette, the picture of users without one. */
export function silhouetteUrl(origin: string): string {
  return `${origin}/emulator/silhouette.svg`;
}

/** Whether the path is that of a picture, which applications show on their own pages. */
export function isPicture(path: string): boolean {
  return /^\/emulator\/(?:avatar\/|silhouette\.svg$)/.test(path);
}

/** Serves the pictures in pages and profiles. */
export function serveAvatars(app: Hono<EmulatorEnv>): void {
  app.get("/emulator/avatar/:file{.+\\.svg}", (c) =>
    svg(portrait(c.req.param("file").slice(0, -".svg".length))),
  );
  app.get("/emulator/silhouette.svg", () => svg(SILHOUETTE));
}

function svg(markup: string): Response {
  return new Response(markup, {
    headers: {
      "content-type": "image/svg+xml",
      "cache-control": "max-age=3600",
      // An SVG that is opened on its own runs as a document of this origin.
      "content-security-policy": "default-src 'none'",
    },
  });
}

function portrait(name: string): string {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return drawing(
    `hsl(${hue} 45% 36%)`,
    `<text x="48" y="49" fill="#fff" font-family="system-ui, sans-serif" font-size="36" font-weight="600" text-anchor="middle" dominant-baseline="central">${initials(name)}</text>`,
  );
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => (word === undefined ? "" : Array.from(word)[0]))
    .join("")
    .toUpperCase();
}

const SILHOUETTE = drawing(
  "#8a919e",
  `<circle cx="48" cy="37" r="16" fill="#fff"/><path d="M16 84a32 26 0 0 1 64 0z" fill="#fff"/>`,
);

function drawing(ground: string, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96"><rect width="96" height="96" fill="${ground}"/>${content}</svg>`;
}
