// The scripts of core, with requests that are signed: the same must arrive by axios and by fetch, nonces and times aside.
import { afterAll, describe, expect, it } from "@jest/globals";
import { defineOAuth1Provider, OAuth1Session } from "@grantkit/oauth1";
import {
  type Course,
  faces,
  scripts,
  Stage,
  type Subject,
} from "../../core/test/support/journeys.ts";

const TOKENS = ["at-journey-0001", "at-journey-0002"] as const;

const stage = await Stage.start();
afterAll(() => stage.close());

function subject(signatureType: Subject["placement"]): Subject {
  return {
    placement: signatureType,
    tokens: TOKENS,
    renewed: {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `oauth_token=${TOKENS[1]}&oauth_token_secret=second-secret-0002&oauth_session_handle=handle-0002`,
    },
    session(origin, clock) {
      const provider = defineOAuth1Provider({
        name: "example",
        endpoints: {
          requestToken: `${origin}/token/request`,
          authorization: `${origin}/authorize`,
          accessToken: `${origin}/token`,
        },
        api: { baseUrl: `${origin}/api`, headers: { Accept: "application/x", "X-Api": "1" } },
      });
      return new OAuth1Session({
        provider,
        clientKey: "my-app",
        clientSecret: "client-secret-0001",
        token: { key: TOKENS[0], secret: "first-secret-0001", sessionHandle: "handle-0001" },
        signatureType,
        clock,
        random: () => 0,
      });
    },
  };
}

describe.each(["header", "query", "body"] as const)("the signature in the %s", (signatureType) => {
  it.each(scripts.map((script) => [script.title, script] as const))(
    "%s: the same requests arrive by get, request, axios() and fetch, and the same comes of them",
    async (_title, script) => {
      const courses: Course[] = [];
      for (const face of faces) courses.push(await stage.run(script, subject(signatureType), face));
      const [first, ...others] = courses;
      // A signed form is sent by POST, which is not retried; its redirects are another matter, tested in core.
      if (signatureType !== "body") {
        expect(first).toMatchObject({ sent: script.sent, outcome: script.outcome });
      }
      for (const other of others) {
        expect({ ...other, outcome: undefined }).toEqual({ ...first, outcome: undefined });
        if (signatureType !== "body") expect(other.outcome).toBe(script.outcome);
      }
    },
  );
});
