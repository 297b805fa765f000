import { isSecureUrl } from "../http/loopback.ts";
import { isUnsetUrl } from "../http/url-problems.ts";

/** Lists what is wrong with a redirect URI (RFC 6749 §3.1.2), one sentence a problem. */
export function redirectUriProblems(value: unknown): string[] {
  if (isUnsetUrl(value) || value === "") {
    return [
      "redirectUri is missing: pass the callback URL that is registered with the provider (is the environment variable set?)",
    ];
  }
  if (typeof value !== "string" || !URL.canParse(value)) {
    return ["redirectUri must be an absolute URL, for example https://app.example.com/callback"];
  }
  if (/\s/.test(value)) return ["redirectUri must have no white space in or around it"];
  // "localhost:3000/callback" is a URL of the scheme "localhost:".
  if (/^[\w.-]+:\d/.test(value)) {
    const isLocal = /^(?:localhost|127\.0\.0\.1):\d+(?![^/])/.test(value);
    return [
      `redirectUri has no scheme: ${isLocal ? `did you mean http://${value}?` : "put https:// before the host"}`,
    ];
  }
  const url = new URL(value);
  if (url.protocol === "http:" && !isSecureUrl(url)) {
    return ["redirectUri must use https (http is allowed for this machine only)"];
  }
  return value.includes("#") ? ["redirectUri must have no fragment (RFC 6749 §3.1.2)"] : [];
}
