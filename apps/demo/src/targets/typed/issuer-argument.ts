import type { IssuerArgument } from "../../command-line.ts";
import type { Opening } from "../open-targets.ts";
import type { AnyTarget } from "../target.ts";
import { openIssuer } from "./issuer.ts";
import { typedProblem } from "./typed-problem.ts";

/**
 * Opens the issuer of the command line for all visitors.
 *
 * @throws Error that says what to do.
 */
export async function openIssuerArgument(
  opening: Opening,
  argument: IssuerArgument,
): Promise<AnyTarget> {
  const { target, elsewhere } = await openIssuer(opening, argument).catch((error: unknown) => {
    const problem = typedProblem(error);
    if (!problem) throw error;
    throw new Error(
      `--issuer ${argument.issuer}: ${[problem.title, ...problem.texts].join("\n  ")}`,
    );
  });
  const foreign = elsewhere.filter(({ url }) => !argument.trust.includes(new URL(url).origin));
  if (foreign.length === 0) return { ...target, typed: false };
  const lines = foreign.map(({ endpoint, url }) => `  ${endpoint}: ${url}`);
  const trust = new Set(foreign.map(({ url }) => `--trust ${new URL(url).origin}`));
  throw new Error(
    `${argument.issuer} has endpoints on other servers. If they are its own, add ${[...trust].join(" ")}:\n${lines.join("\n")}`,
  );
}
