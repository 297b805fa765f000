import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** The one cookie: an id that means nothing outside this server's memory. */
export class VisitorCookie {
  readonly #secure: boolean;
  readonly #name: string;
  /** What the answer to a request will set: it counts at once, on an error page for one. */
  readonly #written = new WeakMap<Context, string>();

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith("https:");
    // The prefix makes browsers insist on Secure, Path=/ and no Domain; over http it cannot be had.
    this.#name = this.#secure ? "__Host-grantkit-demo" : "grantkit-demo";
  }

  read(c: Context): string | undefined {
    return this.#written.get(c) ?? getCookie(c, this.#name);
  }

  write(c: Context, id: string): void {
    this.#written.set(c, id);
    setCookie(c, this.#name, id, {
      httpOnly: true,
      // Lax and not Strict: the callback comes from the provider's site, and must find its visitor.
      sameSite: "Lax",
      secure: this.#secure,
      path: "/",
    });
    c.header("Vary", "Cookie");
  }
}
