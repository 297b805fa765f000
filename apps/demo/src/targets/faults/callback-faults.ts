import type { Fault } from "../fault.ts";
import { SIGN_IN } from "./shown-in.ts";

/** What can be wrong with a callback, at any provider. They act on the URL, so that no other run is touched. */
export const CALLBACK_FAULTS: readonly Fault[] = [
  {
    id: "wrong-iss",
    title: "A callback of another issuer: mix-up (RFC 9207)",
    by: "provider",
    flows: SIGN_IN,
    effect:
      "The callback had the iss of another server, as when an attacker's server hands its users on to this one (RFC 9207 §2.4).",
    callback: (url) => url.searchParams.set("iss", "https://attacker.example"),
  },
  {
    id: "wrong-state",
    title: "A callback with a state that was never sent",
    by: "provider",
    flows: SIGN_IN,
    effect: "The callback had another state: a forged link, for example (RFC 6749 §10.12).",
    callback: (url) => url.searchParams.set("state", "forged-by-another-site"),
  },
  {
    id: "repeated-parameter",
    title: "A callback with two codes",
    by: "provider",
    flows: SIGN_IN,
    effect: "The callback had the parameter code twice, which RFC 6749 §3.1 forbids.",
    callback: (url) => url.searchParams.append("code", "another-code"),
  },
  {
    id: "no-code",
    title: "A callback without a code",
    by: "provider",
    flows: SIGN_IN,
    effect: "The callback had neither a code nor an error.",
    callback: (url) => url.searchParams.delete("code"),
  },
  {
    id: "server-error",
    title: "A callback with server_error",
    by: "provider",
    flows: SIGN_IN,
    effect: "The callback had error=server_error in place of the code (RFC 6749 §4.1.2.1).",
    callback: (url) => failWith(url, "server_error", "The server met an unexpected condition."),
  },
  {
    id: "denied",
    title: "A user who denies consent",
    by: "app",
    flows: SIGN_IN,
    effect: "The callback had error=access_denied in place of the code, as after a click on Deny.",
    remedy:
      "Show your user a page that says so, with a way to try again; it is no failure of the app.",
    callback: (url) => failWith(url, "access_denied", "The user denied access."),
  },
];

/** A callback without the issuer that the provider usually sends. */
export const WITHOUT_ISSUER: Fault = {
  id: "no-iss",
  title: "A callback without an issuer",
  by: "provider",
  flows: SIGN_IN,
  effect: "The callback had no iss, as before the provider supported RFC 9207.",
  callback: (url) => url.searchParams.delete("iss"),
};

/** Puts an error in place of the code. */
function failWith({ searchParams }: URL, error: string, description: string): void {
  searchParams.delete("code");
  searchParams.set("error", error);
  searchParams.set("error_description", description);
}
