import { defineProvider, type Provider } from "@grantkit/core";
import type { ClientFactory, ClientRecipe } from "./client-recipe.ts";
import { localClients } from "./local-clients.ts";
import type { Opening } from "./open-targets.ts";
import { presetClients } from "./preset-clients.ts";
import { EXAMPLES } from "./typed/example-providers.ts";
import { typedClients } from "./typed/typed-clients.ts";

/** Makes the clients of a recipe, in another process than the target's. */
export function clientsOf(recipe: ClientRecipe, shared: Opening["shared"]): ClientFactory {
  if (recipe.kind === "preset") return presetClients(recipe, shared);
  if (recipe.kind === "local") return localClients(recipe, shared);
  const provider =
    recipe.kind === "example" ? exampleOf(recipe) : defineProvider(recipe.definition);
  return typedClients(provider, recipe, shared);
}

function exampleOf({
  id,
  parameter,
}: {
  readonly id: string;
  readonly parameter: string;
}): Provider {
  const example = EXAMPLES[id];
  if (!example) throw new Error(`There is no example ${id}.`);
  return example.define(parameter);
}
