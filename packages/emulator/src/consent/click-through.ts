/** The choices of the person at the consent page. */
export interface ConsentChoice {
  /**
   * Id, e-mail address, login or name of the user to sign in as.
   *
   * @defaultValue the user that the page preselects
   */
  readonly user?: string;
  /**
   * Whether to deny access.
   *
   * @defaultValue false
   */
  readonly deny?: boolean;
  /**
   * The permissions to leave checked, named as on the page. Required permissions always stay.
   *
   * @defaultValue all
   */
  readonly scopes?: readonly string[];
}

/**
 * Opens a page of the emulator, or posts `form` to it, answers the consent page if there is one, and resolves to the last
 * response.
 */
export type Visit = (
  url: string,
  choice?: ConsentChoice,
  form?: URLSearchParams,
) => Promise<Response>;

/** Returns a function that does over HTTP what a person with a browser does. */
export function visitor(origin: string, userIdOf: (user: string) => string): Visit {
  return async (url, choice = {}, firstForm) => {
    if (!URL.canParse(url) || new URL(url).origin !== origin) {
      throw new TypeError(
        `Not an address of this emulator (${origin}): ${url}\nDid the client get the emulator's \`endpoints\`?`,
      );
    }
    const opened = await request(url, firstForm);
    if (opened.status !== 200) return opened;
    const pageText = await opened.clone().text();
    const ticket = fieldValues(pageText, "ticket")[0];
    if (ticket === undefined) return opened;
    const form = new URLSearchParams({ ticket, decision: choice.deny === true ? "deny" : "allow" });
    const preselected = /name="user"\s+value="([^"]*)"\s+checked/.exec(pageText)?.[1] ?? "";
    form.set("user", choice.user === undefined ? unescaped(preselected) : userIdOf(choice.user));
    for (const scope of checkedScopes(fieldValues(pageText, "scope"), choice.scopes)) {
      form.append("scope", scope);
    }
    return request(new URL("/emulator/decision", origin).href, form);
  };
}

/** Enters a device's user code on the device page, and answers the consent page. */
export async function approveDevice(
  visit: Visit,
  devicePage: string,
  userCode: string,
  choice?: ConsentChoice,
): Promise<void> {
  const response = await visit(devicePage, choice, new URLSearchParams({ user_code: userCode }));
  if (!response.ok) {
    throw new Error(
      `The device page answered with HTTP ${response.status}: ${visibleText(await response.text())}`,
    );
  }
}

/** Returns the text of a page without its markup. */
export function visibleText(pageText: string): string {
  const main = /<main>([\s\S]*)<\/main>/.exec(pageText)?.[1] ?? pageText;
  return unescaped(main.replaceAll(/<[^>]*>/g, " "))
    .replaceAll(/\s+/g, " ")
    .trim();
}

function request(url: string, form?: URLSearchParams): Promise<Response> {
  return fetch(url, {
    redirect: "manual",
    ...(form === undefined ? {} : { method: "POST", body: form }),
  });
}

function checkedScopes(offered: readonly string[], wanted?: readonly string[]): readonly string[] {
  const unknown = wanted?.filter((scope) => !offered.includes(scope)) ?? [];
  if (unknown.length > 0) {
    throw new TypeError(
      `The page does not offer "${unknown.join('", "')}". It offers: ${offered.join(", ")}.`,
    );
  }
  return wanted ?? offered;
}

function fieldValues(pageText: string, name: string): string[] {
  return [...pageText.matchAll(new RegExp(`name="${name}"\\s+value="([^"]*)"`, "g"))].map(
    ([, value]) => unescaped(value ?? ""),
  );
}

/** Decodes the character references that pages have. */
export function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
