import type { SessionOptions } from "@grantkit/core";
import { keepUpdates, refreshedIdToken } from "../token-life/token-updates.ts";
import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import type { FormValues } from "./form-values.ts";
import { heldToken } from "./held-token.ts";

/** Seconds before its expiry from which on a session refreshes a token. */
const LEEWAY = 60;
const REFRESHED_AHEAD = "The token had expired: refreshed first, then sent.";
const REFRESHED_AFTER_401 = "The API refused the token: refreshed, then sent once more.";

/** An API request with the token, which the session refreshes if it has expired (RFC 6750). */
export const apiCall: Flow = {
  id: "api-call",
  title: "Call the API",
  group: "Use the token",
  teaser: "Sends the token with a request (RFC 6750), and refreshes it first if it has expired.",
  button: () => "Call the API",
  needsToken: true,
  fields: ({ sample }) => [
    { name: "url", label: "Path or URL", kind: "text", initial: sample, required: true },
    {
      name: "placement",
      label: "Token in the",
      kind: "choice",
      options: [
        { value: "", label: "place that the preset uses" },
        { value: "header", label: "header (RFC 6750 §2.1)" },
        { value: "query", label: "query (RFC 6750 §2.3)" },
      ],
    },
  ],
  run: async ({ client, target, values, visitor }) => {
    const { token } = heldToken(visitor, target);
    const session = client.session(token, {
      ...optionsOf(values),
      onTokenUpdate: keepUpdates(visitor, target),
    });
    const { data } = await session.get<unknown>(values.text("url") ?? target.sample);
    const newest = visitor.tokens.get(target.id)?.token;
    const isRefreshed = newest !== undefined && newest !== token;
    return {
      title: "The API answered",
      ...(isRefreshed && {
        text: token.isExpired(LEEWAY) ? REFRESHED_AHEAD : REFRESHED_AFTER_401,
        ...refreshedIdToken(visitor, target),
      }),
      data,
    };
  },
  code: (target, values) => {
    const options = optionsCode(optionsOf(values), "  ");
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export async function callApi(token: Token) {
  const session = client.session(token${options && `, ${options}`});
  const { data } = await session.get(${JSON.stringify(values.text("url") ?? target.sample)});
  return data;
}`,
    });
  },
};

function optionsOf(values: FormValues): SessionOptions {
  const tokenPlacement = values.text("placement");
  return tokenPlacement === "header" || tokenPlacement === "query" ? { tokenPlacement } : {};
}
