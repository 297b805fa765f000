import { bytesOf, formEncoded, percentEncoded } from "./percent-encoding.ts";

/** Further fields of a problem, such as `oauth_parameters_absent`. */
export type ProblemDetails = Readonly<Record<string, string>>;

/**
 * An error of the OAuth Problem Reporting extension.
 *
 * @see https://web.archive.org/web/2010/http://wiki.oauth.net/ProblemReporting
 */
export class OAuthProblem extends Error {
  readonly status: 400 | 401;
  readonly problem: string;
  readonly details: ProblemDetails;

  constructor(status: 400 | 401, problem: string, advice: string, details: ProblemDetails = {}) {
    super(advice);
    this.name = "OAuthProblem";
    this.status = status;
    this.problem = problem;
    this.details = details;
  }
}

/** Makes the problem of missing parameters (400). */
export function parametersAbsent(names: readonly string[]): OAuthProblem {
  return new OAuthProblem(400, "parameter_absent", "The request lacks parameters.", {
    // The extension encodes each name, and joins them with "&".
    oauth_parameters_absent: names.map((name) => percentEncoded(bytesOf(name))).join("&"),
  });
}

/** Makes the problem of forbidden parameters or values (400). */
export function parametersRejected(names: readonly string[], advice: string): OAuthProblem {
  return new OAuthProblem(400, "parameter_rejected", advice, {
    oauth_parameters_rejected: names.map((name) => percentEncoded(bytesOf(name))).join("&"),
  });
}

/** Makes the response of a problem: form-encoded, and with 401 also in WWW-Authenticate (RFC 5849 section 3.2). */
export function problemReply(
  { status, problem, details, message }: OAuthProblem,
  realm: string,
): Response {
  const challenge = `OAuth realm="${realm}", oauth_problem="${problem}"`;
  return new Response(
    formEncoded({ oauth_problem: problem, ...details, oauth_problem_advice: message }),
    {
      status,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "cache-control": "no-store",
        ...(status === 401 ? { "www-authenticate": challenge } : {}),
      },
    },
  );
}
