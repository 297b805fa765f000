import type { ConsentQuestion } from "../consent/consent-page.ts";
import { permissionMeaning } from "./permissions.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { RequestToken } from "./request-tokens.ts";
import type { OAuth1World } from "./world.ts";

/** What the consent page asks. Reading cannot be unticked, writing can. */
export function consentQuestion(
  { users }: OAuth1World,
  { consumer, callback }: RequestToken,
  asked: readonly OAuth1Permission[],
  selected: string | undefined,
): ConsentQuestion {
  const question = {
    application: consumer.name,
    people: users.map(({ id, name, screenName, email, picture = "" }) => ({
      id,
      name,
      detail: email === null ? `@${screenName}` : `@${screenName} · ${email}`,
      picture,
    })),
    selected: selected ?? "",
    scopes: asked.map((name) => ({
      name,
      meaning: permissionMeaning(name),
      optional: name !== "read",
    })),
  };
  return callback === "oob"
    ? { ...question, remark: "If you allow it, you get a PIN to type into the application." }
    : { ...question, redirectUri: callback };
}
