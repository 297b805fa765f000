import type { Fault } from "../fault.ts";

/** A sign-in that ends in another browser than it began in. */
export const OTHER_BROWSER: Fault = {
  id: "other-browser",
  title: "A callback in another browser",
  by: "app",
  elsewhere: true,
  effect:
    "The sign-in was to end in another browser, whose session has nothing of it. So it is when somebody opens a link that an attacker sent, in an app's embedded browser, and after a cookie was lost.",
  remedy:
    "Nothing, if it was an attack. Otherwise keep the session cookie: same host for the sign-in and the callback, SameSite=Lax, not Strict.",
};
