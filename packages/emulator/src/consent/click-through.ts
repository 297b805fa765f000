/** What a person would choose on the consent page. */
export interface ConsentChoice {
  /**
   * Id, e-mail address, login or name of the user to be.
   *
   * @defaultValue the user that the page preselects
   */
  readonly user?: string;
  /**
   * Whether to deny.
   *
   * @defaultValue false
   */
  readonly deny?: boolean;
  /**
   * The permissions to leave ticked, named as on the page. What cannot be unticked stays.
   *
   * @defaultValue all
   */
  readonly scopes?: readonly string[];
}

/** Opens an address of the emulator, answers its consent page if there is one, and resolves to the final answer. */
export async function clickThrough(
  origin: string,
  first: { readonly url: string; readonly form?: URLSearchParams },
  choice: ConsentChoice,
  userIdOf: (user: string) => string,
): Promise<Response> {
  if (!URL.canParse(first.url) || new URL(first.url).origin !== origin) {
    throw new TypeError(
      `Not an address of this emulator (${origin}): ${first.url}\nDid the client get the emulator's \`endpoints\`?`,
    );
  }
  const opened = await request(first.url, first.form);
  if (opened.status !== 200) return opened;
  const pageText = await opened.clone().text();
  const ticket = fieldValues(pageText, "ticket")[0];
  if (ticket === undefined) return opened;
  const form = new URLSearchParams({ ticket, decision: choice.deny === true ? "deny" : "allow" });
  const preselected = /name="user"\s+value="([^"]*)"\s+checked/.exec(pageText)?.[1] ?? "";
  form.set("user", choice.user === undefined ? unescaped(preselected) : userIdOf(choice.user));
  for (const scope of tickedScopes(fieldValues(pageText, "scope"), choice.scopes)) {
    form.append("scope", scope);
  }
  return request(new URL("/emulator/decision", origin).href, form);
}

/** What a page says, without its markup. */
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

function tickedScopes(offered: readonly string[], wanted?: readonly string[]): readonly string[] {
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

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** Types a device's user code on the provider's page and answers the consent page. */
export async function clickDevice(
  origin: string,
  pagePath: string,
  userCode: string,
  choice: ConsentChoice,
  userIdOf: (user: string) => string,
): Promise<void> {
  const form = new URLSearchParams({ user_code: userCode });
  const response = await clickThrough(origin, { url: origin + pagePath, form }, choice, userIdOf);
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}: ${visibleText(await response.text())}`);
  }
}

/** A function that finds a user's id by whatever names the user, and throws if there is none. */
export function userIdFinder<User>(
  users: readonly User[],
  find: (user: string) => string | undefined,
  /** What a user goes by. */
  nameOf: (user: User) => string,
): (user: string) => string {
  return (user) => {
    const id = find(user);
    if (id !== undefined) return id;
    throw new TypeError(
      `There is no user "${user}". The users are: ${users.map(nameOf).join(", ")}.`,
    );
  };
}
