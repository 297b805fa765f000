import { isOAuthError, type RefreshOptions, type RefreshStyle, Token } from "@grantkit/core";
import { keepUpdates } from "../token-life/token-updates.ts";
import { optionsCode, program } from "./code.ts";
import type { Flow, FlowContext, Outcome } from "./flow.ts";
import type { FormValues } from "./form-values.ts";
import { FURTHER_PARAMETERS, grantOptions, resourceField, scopeField } from "./grant-fields.ts";
import { heldToken } from "./held-token.ts";

/** A refresh by hand, or by a session in each of its styles (RFC 6749 §6). */
export const refresh: Flow = {
  id: "refresh",
  title: "Refresh",
  group: "Use the token",
  teaser: "A new token for the refresh token (RFC 6749 §6): by hand, or by a session.",
  button: () => "Refresh",
  needsToken: true,
  fields: (target) => [
    {
      name: "style",
      label: "How",
      kind: "choice",
      options: [
        { value: "", label: "by hand: refreshToken()" },
        { value: "auto", label: 'a session, "auto": refreshes, saves and sends' },
        { value: "notify", label: 'a session, "notify": refreshes and throws TokenUpdated' },
        { value: "manual", label: 'a session, "manual": throws TokenExpiredError' },
      ],
    },
    {
      name: "state",
      label: "The token that the session has",
      hint: "Whether the session knows that it has expired, or hears it from the API (RFC 6750 §3.1).",
      kind: "choice",
      options: [
        { value: "", label: "is about to expire" },
        { value: "refused", label: "is refused by the API with 401" },
        { value: "valid", label: "is as you hold it" },
      ],
    },
    { ...scopeField(target, []), hint: "By hand: fewer than were granted.", more: true },
    resourceField(target),
    FURTHER_PARAMETERS,
  ],
  run: async (context) =>
    styleOf(context.values) === undefined ? byHand(context) : bySession(context),
  code: (target, values) => {
    const style = styleOf(values);
    if (style === undefined) {
      const options = optionsCode(optionsOf(values), "  ");
      return program(target, values, {
        imports: ["type Token"],
        lines: `
export const refresh = (token: Token) =>
  client.refreshToken(token${options && `, ${options}`});`,
      });
    }
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export async function callApi(token: Token, save: (token: Token) => Promise<void>) {
  const session = client.session(token, { refresh: ${JSON.stringify(style)}, onTokenUpdate: save });
  const { data } = await session.get(${JSON.stringify(target.sample)});
  return data;
}`,
    });
  },
};

async function byHand({ client, target, values, visitor }: FlowContext): Promise<Outcome> {
  const { token } = heldToken(visitor, target);
  const next = await client.refreshToken(token, optionsOf(values));
  return { title: "Refreshed", text: whatHappened(token, next), token: next };
}

async function bySession({ client, target, values, visitor }: FlowContext): Promise<Outcome> {
  const { token } = heldToken(visitor, target);
  let saved: Token | undefined;
  const keep = keepUpdates(visitor, target);
  const session = client.session(tokenAs(values.text("state"), token, client), {
    refresh: styleOf(values) ?? "auto",
    onTokenUpdate: (next, previous) => {
      saved = next;
      return keep(next, previous);
    },
  });
  try {
    const { data } = await session.get<unknown>(target.sample);
    return {
      title: saved ? "Refreshed, then called" : "Called without a refresh",
      text: saved ? whatHappened(token, saved) : "The token was still good.",
      ...(saved && { token: saved }),
      data,
    };
  } catch (error) {
    if (!saved || !isOAuthError(error) || error.code !== "TOKEN_UPDATED") throw error;
    return {
      title: "Refreshed, and not sent",
      text: `The session saved the new token and threw TOKEN_UPDATED: ${error.message}`,
      token: saved,
    };
  }
}

/** The token as the person wants the session to find it. */
function tokenAs(
  state: string | undefined,
  token: Token,
  { provider }: FlowContext["client"],
): Token {
  if (state === "valid") return token;
  const { name } = provider;
  const record = token.toJSON();
  return Token.from(
    state === "refused"
      ? { ...record, accessToken: `refused-by-${name}` }
      : { ...record, expiresAt: new Date(0) },
  );
}

function whatHappened(before: Token, after: Token): string {
  if (after.refreshToken === undefined) return "The provider has no refresh token for you.";
  return before.refreshToken === after.refreshToken
    ? "The access token is new; the refresh token stays the same."
    : "Access token and refresh token are new: the provider rotates refresh tokens (RFC 9700 §4.14.2).";
}

function styleOf(values: FormValues): RefreshStyle | undefined {
  const style = values.text("style");
  return style === "auto" || style === "notify" || style === "manual" ? style : undefined;
}

function optionsOf(values: FormValues): RefreshOptions {
  return grantOptions(values);
}
