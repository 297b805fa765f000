import { valueCode } from "../../flows/code.ts";
import type { Opening } from "../open-targets.ts";
import type { Target, TypedCredentials } from "../target.ts";
import { EXAMPLES, type ExampleProvider } from "./example-providers.ts";
import { providerTarget } from "./provider-target.ts";

/** Opens the providers of `examples/`, which need an app of the person's own. */
export function openExamples(opening: Opening): readonly Target[] {
  return Object.entries(EXAMPLES).map(([id, example]) => openExample(opening, id, example));
}

function openExample(
  opening: Opening,
  id: string,
  example: ExampleProvider,
  credentials?: TypedCredentials,
): Target {
  const { targetId = id, title, parameter, define } = example;
  // Until there is an app, the example's value shows what the endpoints look like.
  const shown = parameter?.initial ?? parameter?.example;
  const value = (credentials ? credentials.parameter : shown) ?? "";
  const provider = define(value);
  return providerTarget(opening, {
    id: targetId,
    title,
    kind: "example",
    teaser: `${title}, as examples/src/${id}.ts defines it with data alone.`,
    provider,
    source: { kind: "example", id, parameter: value },
    credentials,
    scopes: provider.defaultScope,
    sample: provider.endpoints.userInfo ?? "/",
    code: {
      module: "@grantkit/core",
      className: "OAuth2Client",
      provider: {
        code: parameter ? `${id}(${argumentCode(parameter.option, value)})` : id,
        module: `@grantkit/examples/${id}`,
        name: id,
      },
    },
    facts: Object.entries(provider.endpoints),
    registration: {
      isMissing: credentials === undefined,
      callbackUrl: `${opening.publicUrl}/callback/${targetId}`,
      ...(parameter && { parameter }),
      open: (typed) => ({ target: openExample(opening, id, example, typed), elsewhere: [] }),
    },
  });
}

function argumentCode(option: string | undefined, value: string): string {
  return valueCode(option === undefined ? value : { [option]: value });
}
