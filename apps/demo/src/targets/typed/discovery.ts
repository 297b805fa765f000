import { program } from "../../flows/code.ts";
import type { Flow } from "../../flows/flow.ts";
import { FormValues } from "../../flows/form-values.ts";
import type { Visitor } from "../../visitors.ts";
import type { TypedTarget } from "../target.ts";

/** How a typed issuer becomes a target. It is no choice of a target's: the form for issuers starts it. */
const discovery: Flow = {
  id: "discovery",
  title: "Discovery",
  group: "Inspect",
  teaser: "Finds the endpoints of an issuer by its metadata.",
  button: () => "Fetch its metadata",
  fields: () => [],
  run: () => Promise.reject(new Error("The form for issuers starts it.")),
  code: (target, values) =>
    program(target, values, { lines: "export const { endpoints } = client.provider;" }),
};

/** Adds what went over the wire to find a target's metadata to the visitor's runs. */
export function addDiscovery(
  { runs }: Visitor,
  { target, discovery: exchanges }: TypedTarget,
): void {
  if (!exchanges) return;
  const run = runs.begin(target, discovery, new FormValues());
  for (const exchange of exchanges) run.add(exchange);
  run.succeed({
    title: "The metadata was found",
    text: "The SDK checked that it is of the issuer that you typed in (OpenID Connect Discovery §4.3, RFC 8414 §3.3), and took the endpoints from it.",
  });
  runs.add(run);
}
