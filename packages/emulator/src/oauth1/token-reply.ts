import { formEncoded } from "./percent-encoding.ts";
import type { OAuth1Server } from "./server.ts";

/** The fields of a reply with a token. */
type TokenFields = Readonly<Record<string, string | undefined>>;

const HUGE = 16 * 1024 * 1024;

/** Makes a reply with a token, in the format that the switches set (RFC 5849 section 2.1). */
export function tokenReply({ switches }: OAuth1Server, fields: TokenFields): Response {
  const { tokenContentType } = switches;
  switch (switches.tokenReply) {
    case "json":
      return reply(JSON.stringify(fields), "application/json; charset=utf-8");
    case "html":
      return reply("<!doctype html><title>Welcome</title><p>Welcome.</p>", "text/html");
    case "duplicate-token":
      return reply(`${formEncoded(fields)}&oauth_token=another`, tokenContentType);
    case "without-token":
      return reply(formEncoded({ ...fields, oauth_token: undefined }), tokenContentType);
    case "without-secret":
      return reply(formEncoded({ ...fields, oauth_token_secret: undefined }), tokenContentType);
    case "empty":
      return reply("", tokenContentType);
    case "huge":
      return reply(`${formEncoded(fields)}&padding=${"x".repeat(HUGE)}`, tokenContentType);
    default:
      return reply(formEncoded(fields), tokenContentType);
  }
}

function reply(body: string, contentType: string): Response {
  return new Response(body, {
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}
