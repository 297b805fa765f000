import type { Flow } from "../flows/flow.ts";
import { requestCode, requestFields, sendRequest } from "./api-requests.ts";
import { heldOAuth1Token } from "./held-oauth1-token.ts";
import { oauth1Program } from "./oauth1-code.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signingFields } from "./signing-fields.ts";

/** A signed API request with the user's token (RFC 5849 §3). */
export const oauth1ApiCall: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-call",
  title: "Signed API call",
  group: "Use the token",
  teaser: "Signs a request with the app's secret and the token's (RFC 5849 §3).",
  button: () => "Call the API",
  needsToken: true,
  fields: (target) => [...requestFields(target), ...signingFields(target)],
  run: async ({ client, target, values, visitor }) => {
    const session = await client({
      token: heldOAuth1Token(visitor, target),
      onTokenUpdate: (next) => void visitor.oauth1Tokens.set(target.id, next),
    });
    return { title: "The API answered", data: await sendRequest(session, target, values) };
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      imports: ["type OAuth1Token"],
      lines: `
export async function callApi(token: OAuth1Token) {
  const session = new OAuth1Session({ ...app, token });
  const { data } = await ${requestCode(target, values)};
  return data as unknown;
}`,
    }),
};

/** A request that only the app signs (RFC 5849 §3, without a token). */
export const oauth1TwoLegged: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-two-legged",
  title: "Two-legged request",
  group: "Use the token",
  teaser: "Signs a request on the app's own behalf, without a user and a token.",
  button: () => "Call the API",
  fields: (target) => [...requestFields(target, target.echo), ...signingFields(target)],
  run: async ({ client, target, values }) => {
    const session = await client();
    return { title: "The API answered", data: await sendRequest(session, target, values) };
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      lines: `
const session = new OAuth1Session(app);
export const { data } = await ${requestCode(target, values)};`,
    }),
};
