/**
 * For programs on Node.js: the sign-in of a command-line tool or a desktop app through the system's browser.
 *
 * @packageDocumentation
 */
export { loopbackSignIn } from "./loopback-sign-in.ts";
export type { LoopbackOptions } from "./loopback-sign-in.ts";
export type { CallbackAddress } from "./callback-server.ts";
