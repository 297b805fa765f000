/** The end of a user's way through an authorization server's pages. */
export interface JourneyEnd {
  /** The address outside of the server, or the server's last page. */
  readonly url: string;
  /** What was posted there, for form_post. */
  readonly form?: URLSearchParams;
  /** The last page's text, when it is the server's own. */
  readonly page?: string;
}

/** A user in front of an authorization server's pages, with the cookies that they set. */
export class Browser {
  readonly #login: string;
  readonly #cookies = new Map<string, string>();

  /** @param login - The user name to sign in with. */
  constructor(login: string) {
    this.#login = login;
  }

  /**
   * Opens a page, and fills in and sends every form that comes, until the way leads out of the server or ends.
   *
   * @param answers - Further fields for the server's forms: the buttons that are pressed, a code that is typed.
   */
  async open(url: string, answers: Readonly<Record<string, string>> = {}): Promise<JourneyEnd> {
    const { origin } = new URL(url);
    let next: { readonly url: string; readonly form?: URLSearchParams } = { url };
    for (let step = 0; step < 20; step += 1) {
      const response = await fetch(next.url, {
        redirect: "manual",
        headers: {
          cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        },
        ...(next.form && { method: "POST", body: next.form }),
      });
      this.#keepCookies(response);
      const page = await response.text();
      const location = response.headers.get("location");
      const action = actionOf(page);
      // An error page; a form_post page with an error leads back to the client.
      const isOut = action !== undefined && new URL(action, next.url).origin !== origin;
      const isWrong = response.status >= 400 || page.includes('class="red"');
      if (!location && (!action || (isWrong && !isOut))) return { url: next.url, page };
      next = location
        ? { url: new URL(location, next.url).href }
        : { url: new URL(action as string, next.url).href, form: this.#answer(page, answers) };
      if (new URL(next.url).origin !== origin) return next;
    }
    throw new Error("the journey has no end");
  }

  #keepCookies(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  /** The hidden fields as they are, and what the user types. */
  #answer(page: string, answers: Readonly<Record<string, string>>): URLSearchParams {
    const form = new URLSearchParams();
    for (const [input] of page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      form.set(attribute(input, "name") ?? "", attribute(input, "value") ?? "");
    }
    if (page.includes('name="login"')) {
      form.set("login", this.#login);
      form.set("password", "any");
    }
    for (const [name, value] of Object.entries(answers)) {
      if (page.includes(`name="${name}"`)) form.set(name, value);
    }
    return form;
  }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll("&amp;", "&");
}

function actionOf(page: string): string | undefined {
  const form = /<form[^>]*>/.exec(page)?.[0];
  return form && attribute(form, "action");
}
