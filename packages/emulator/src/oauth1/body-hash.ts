import { createHash } from "node:crypto";
import type { EmulatorContext } from "../server/request-log.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import type { OAuth1Switches } from "./options.ts";
import { sameText } from "./signatures.ts";
import type { SignatureMethod } from "./signatures.ts";

/**
 * Throws a problem if the body is not the one that `oauth_body_hash` tells.
 *
 * @see https://web.archive.org/web/2013/http://oauth.googlecode.com/svn/spec/ext/body_hash/1.0/oauth-bodyhash.html
 */
export async function checkBodyHash(
  c: EmulatorContext,
  told: string | undefined,
  form: boolean,
  method: SignatureMethod,
  { bodyHash, requireBodyHash }: OAuth1Switches,
): Promise<void> {
  const body = Buffer.from(await c.req.arrayBuffer());
  if (told === undefined) {
    if (requireBodyHash && !form && body.length > 0) throw parametersAbsent(["oauth_body_hash"]);
    return;
  }
  // The fields of a form are signed themselves, and the extension forbids a hash beside them.
  if (form) throw parametersRejected(["oauth_body_hash"], "A form body has no oauth_body_hash.");
  const digest = bodyHash === "by-method" ? method.digest : bodyHash;
  if (!sameText(told, createHash(digest).update(body).digest("base64"))) {
    const advice = `The body is not the one that was hashed with ${digest}.`;
    throw new OAuthProblem(401, "parameter_rejected", advice, {
      oauth_parameters_rejected: "oauth_body_hash",
    });
  }
}
