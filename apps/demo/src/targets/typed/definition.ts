import { ConfigurationError, defineProvider, type ProviderDefinition } from "@grantkit/core";
import { valueCode } from "../../flows/code.ts";
import type { Opening } from "../open-targets.ts";
import type { TypedTarget } from "../target.ts";
import { providerTarget } from "./provider-target.ts";
import { slugOf } from "./slug.ts";

/** What the person types in with a definition. */
export interface TypedDefinition {
  /** A `ProviderDefinition` as JSON. */
  readonly json: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
}

/**
 * Makes a target of a definition in JSON.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function openDefinition(opening: Opening, typed: TypedDefinition): TypedTarget {
  const definition = parse(typed.json);
  const provider = defineProvider(definition);
  const { name, defaultScope, endpoints } = provider;
  const id = `definition-${slugOf(name)}`;
  const { clientId, clientSecret } = typed;
  return {
    target: {
      ...providerTarget(opening, {
        id,
        title: name,
        kind: "definition",
        teaser: "The definition that you pasted.",
        provider,
        source: { kind: "definition", definition },
        credentials: clientId === undefined ? undefined : { clientId, clientSecret },
        scopes: defaultScope,
        sample: endpoints.userInfo ?? "/",
        code: {
          module: "@grantkit/core",
          className: "OAuth2Client",
          provider: {
            code: `defineProvider(${valueCode(definition)})`,
            module: "@grantkit/core",
            name: "defineProvider",
          },
        },
        facts: Object.entries(endpoints),
        registration: {
          isMissing: clientId === undefined,
          callbackUrl: `${opening.publicUrl}/callback/${id}`,
          open: (credentials) => openDefinition(opening, { ...typed, ...credentials }),
        },
      }),
      typed: true,
    },
    elsewhere: [],
  };
}

function parse(json: string): ProviderDefinition {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ConfigurationError("The definition", [
      `It must be JSON, and ${placeOf(error, json)}: names in double quotes, no comments, no comma after the last entry. Functions cannot be tried here.`,
    ]);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as ProviderDefinition;
  }
  throw new ConfigurationError("The definition", [
    'It must be an object: { "name": …, "endpoints": { … } }.',
  ]);
}

/** Says where JSON is wrong. The parser's own message quotes the text, which may have a secret in it. */
function placeOf(error: unknown, json: string): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  if (position === undefined) return "ends too early or is not begun";
  const before = json.slice(0, Number(position)).split("\n");
  return `is not at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
