import { expect, it } from "@jest/globals";
import { ConfigurationError, defineProvider, OAuth2Client } from "@grantkit/core";

/** What an unset environment variable is. */
const UNSET = undefined as unknown as string;

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

it("unset variables of a client are named by their options, and the error asks for the variable", () => {
  const acme = defineProvider({ name: "acme", endpoints: { token: "https://id.acme.example/t" } });
  const options = { clientId: UNSET, clientSecret: UNSET, redirectUri: UNSET };
  const problems = problemsOf(() => new OAuth2Client(acme, options));
  expect(problems.map((problem) => problem.split(/ is (?:missing|undefined): /)[0])).toEqual([
    "clientId",
    "clientSecret",
    "redirectUri",
  ]);
  for (const problem of problems) expect(problem).toContain("(is the environment variable set?)");
});

it("a URL that begins with an unset variable is missing", () => {
  const endpoints = { token: `${UNSET}/token` };
  const client = () =>
    new OAuth2Client(() => defineProvider({ name: "acme", endpoints }), {
      clientId: "client-id",
      redirectUri: `${UNSET}/callback`,
    });
  expect(problemsOf(client)).toEqual([
    "endpoints.token is missing: pass an absolute URL (is the environment variable set?)",
    "redirectUri is missing: pass the callback URL that is registered with the provider (is the environment variable set?)",
  ]);
});

it("unset variables of a definition, too", () => {
  const endpoints = { token: UNSET };
  expect(
    problemsOf(() => defineProvider({ name: "acme", endpoints, api: { baseUrl: UNSET } })),
  ).toEqual([
    "endpoints.token is missing: pass an absolute URL (is the environment variable set?)",
    "api.baseUrl is missing: pass an absolute URL (is the environment variable set?)",
  ]);
});
