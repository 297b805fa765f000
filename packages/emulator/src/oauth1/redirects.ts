import type { ApiCall } from "./api-call.ts";
import { parametersRejected } from "./oauth-problem.ts";
import { textOf } from "./percent-encoding.ts";

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Redirects to `to`, a path or any absolute URL, with `status`. */
export function redirect({ received }: ApiCall): Response {
  const given = Object.fromEntries(
    received.query.map(({ name, value }) => [name, textOf(value)] as const),
  );
  const { to = "/api/me", status = "302" } = given;
  if (!STATUSES.has(Number(status))) {
    throw parametersRejected(["status"], `There are: ${[...STATUSES].join(", ")}.`);
  }
  if (!/^[\x21-\x7e]+$/.test(to)) throw parametersRejected(["to"], "It is a path or a URL.");
  return new Response(null, { status: Number(status), headers: { location: to } });
}
