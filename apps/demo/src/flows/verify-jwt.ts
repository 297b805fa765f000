import type { OAuth2Client, VerifyIdTokenOptions } from "@grantkit/core";
import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { type FormValues, wrongField } from "./form-values.ts";

/** A JWT of the provider, checked with the provider's keys. */
export const verifyJwt: Flow = {
  id: "verify-jwt",
  title: "Verify a JWT",
  group: "Inspect",
  teaser: "Checks signature and claims with the provider's keys (OpenID Connect Core §3.1.3.7).",
  button: () => "Verify",
  fields: () => [
    {
      name: "jwt",
      label: "JWT",
      hint: "Empty: a JWT of the token that you hold.",
      kind: "lines",
    },
    {
      name: "held",
      label: "Which one that you hold",
      hint: "An access token is for an API, so an app that checks it as an ID token refuses it.",
      kind: "choice",
      options: [
        { value: "", label: "the ID token" },
        { value: "access_token", label: "the access token, if it is a JWT" },
      ],
      more: true,
    },
    {
      name: "kind",
      label: "Kind",
      kind: "choice",
      options: [
        { value: "", label: "ID token" },
        { value: "logout", label: "logout token (Back-Channel Logout §2.6)" },
        { value: "event", label: "security event token (RFC 8417)" },
      ],
    },
    {
      name: "nonce",
      label: "Nonce",
      hint: "The one that was sent, for an ID token.",
      kind: "text",
      more: true,
    },
    {
      name: "max_age",
      label: "Maximum age",
      hint: "Seconds since the user signed in, for an ID token.",
      kind: "text",
      more: true,
    },
    {
      name: "issued_within",
      label: "Issued within",
      hint: "Seconds since iat, for an ID token.",
      kind: "text",
      more: true,
    },
    {
      name: "access_token",
      label: "Access token",
      hint: "The one that came with the ID token: at_hash is then checked.",
      kind: "secret",
      more: true,
    },
  ],
  heldJwt: ({ target, values, visitor }) => {
    const token = visitor.tokens.get(target.id)?.token;
    const name = values.text("held") === "access_token" ? "access_token" : "id_token";
    const text = name === "id_token" ? token?.idToken : token?.accessToken;
    return values.text("jwt") !== undefined || text === undefined ? undefined : { name, text };
  },
  run: async (context) => {
    const { client, values } = context;
    const jwt = values.text("jwt") ?? verifyJwt.heldJwt?.(context)?.text;
    if (jwt === undefined)
      throw wrongField("JWT", "is empty, and you hold no such token: paste one");
    return {
      title: "The JWT is genuine",
      data: await verify(client, jwt, values),
      verifiedJwt: jwt,
    };
  },
  code: (target, values) =>
    program(target, values, {
      lines: `
export const verify = (jwt: string) => client.${callOf(values)};`,
    }),
};

function verify(client: OAuth2Client, jwt: string, values: FormValues): Promise<object> {
  switch (values.text("kind")) {
    case "logout":
      return client.verifyLogoutToken(jwt);
    case "event":
      return client.verifySecurityEvent(jwt);
    default:
      return client.verifyIdToken(jwt, optionsOf(values));
  }
}

function callOf(values: FormValues): string {
  switch (values.text("kind")) {
    case "logout":
      return "verifyLogoutToken(jwt)";
    case "event":
      return "verifySecurityEvent(jwt)";
    default: {
      const { accessToken, ...others } = optionsOf(values);
      const options = optionsCode({
        ...others,
        ...(accessToken !== undefined && { accessToken: "the access token" }),
      });
      return `verifyIdToken(jwt${options && `, ${options}`})`;
    }
  }
}

function optionsOf(values: FormValues): VerifyIdTokenOptions {
  const nonce = values.text("nonce");
  const maxAge = values.number("max_age");
  const issuedWithin = values.number("issued_within");
  const accessToken = values.text("access_token");
  return {
    ...(nonce !== undefined && { nonce }),
    ...(maxAge !== undefined && { maxAge }),
    ...(issuedWithin !== undefined && { issuedWithin }),
    ...(accessToken !== undefined && { accessToken }),
  };
}
