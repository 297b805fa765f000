import { randomBytes } from "node:crypto";

const MAX_KEPT = 50;
const MAX_LENGTH = 16_384;

/** Callbacks that came by POST, each until the redirect that follows fetches it. */
export class PostedCallbacks {
  /** By ID, oldest first. */
  readonly #forms = new Map<string, URLSearchParams>();

  /** Keeps a form, and returns the ID to fetch it with. */
  add(form: URLSearchParams): string {
    const id = randomBytes(16).toString("base64url");
    // Anybody can post here: no more is kept than the browsers of a moment need.
    if (form.toString().length <= MAX_LENGTH) this.#forms.set(id, form);
    const [oldest] = this.#forms.keys();
    if (this.#forms.size > MAX_KEPT && oldest !== undefined) this.#forms.delete(oldest);
    return id;
  }

  /** Takes a form; a second time there is none. */
  take(id: string | null): URLSearchParams | undefined {
    const form = this.#forms.get(id ?? "");
    this.#forms.delete(id ?? "");
    return form;
  }
}
