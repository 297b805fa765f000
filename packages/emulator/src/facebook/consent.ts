import type { ConsentQuestion } from "../consent/consent-page.ts";
import { isDeclinable, permissionMeaning } from "./permissions.ts";
import type { FacebookWorld } from "./world.ts";

/** What Facebook's consent page asks. All but the public profile can be declined. */
export function consentQuestion(world: FacebookWorld, asked: readonly string[]): ConsentQuestion {
  return {
    application: world.applicationName,
    people: world.users.map((user) => ({
      id: user.id,
      name: user.name,
      detail: user.email ?? "no e-mail address",
      picture: user.picture ?? "",
    })),
    selected: world.users[0]?.id ?? "",
    scopes: asked.map((name) => ({
      name,
      meaning: permissionMeaning(name),
      optional: isDeclinable(name),
    })),
    remark: "What you declined before stays declined, unless the application asks for it again.",
  };
}
