import type { ClientContext } from "../client-context.ts";
import { askEndpoint } from "./authenticated-endpoint.ts";
import { unusable } from "./endpoint-errors.ts";
import type { EndpointParameters } from "./endpoint-parameters.ts";

/** Pushes the parameters of an authorization request to the provider (RFC 9126 §2) and returns its `request_uri`. */
export function pushParameters(
  context: ClientContext,
  parameters: EndpointParameters,
  secrets: readonly (string | undefined)[],
): Promise<string> {
  return askEndpoint(
    context,
    { kind: "pushedAuthorization", parameters, secrets, successes: [200, 201] },
    (answer, endpoint) => {
      const { request_uri: uri } = answer.body;
      if (typeof uri === "string" && /^[\x21-\x7e]{1,2048}$/.test(uri)) return uri;
      throw unusable(endpoint, "request_uri is missing or not a URI", "request_uri", answer);
    },
  );
}
