import { createHash } from "node:crypto";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import type { OAuthRequest } from "./received-parameters.ts";
import { sameText } from "./signatures.ts";
import type { SignatureMethod } from "./signatures.ts";

/**
 * Throws an OAuthProblem if `oauth_body_hash` does not match the body.
 *
 * @see https://web.archive.org/web/2013/http://oauth.googlecode.com/svn/spec/ext/body_hash/1.0/oauth-bodyhash.html
 */
export async function checkBodyHash(
  { server, c, received }: OAuthRequest,
  method: SignatureMethod,
): Promise<void> {
  const { bodyHash, requireBodyHash } = server.switches;
  const given = received.oauth.get("oauth_body_hash");
  const isForm = received.form !== undefined;
  const body = Buffer.from(await c.req.arrayBuffer());
  if (given === undefined) {
    if (requireBodyHash && !isForm && body.length > 0) throw parametersAbsent(["oauth_body_hash"]);
    return;
  }
  // The fields of a form are signed, so the extension forbids a hash.
  if (isForm) throw parametersRejected(["oauth_body_hash"], "A form body has no oauth_body_hash.");
  const digest = bodyHash === "by-method" ? method.digest : bodyHash;
  if (!sameText(given, createHash(digest).update(body).digest("base64"))) {
    const advice = `The body is not the one that was hashed with ${digest}.`;
    throw new OAuthProblem(401, "parameter_rejected", advice, {
      oauth_parameters_rejected: "oauth_body_hash",
    });
  }
}
