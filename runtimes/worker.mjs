// Runs the program as a test of workerd.
import { signIn } from "./sign-in.mjs";

export default { test: (_controller, { USER }) => signIn(USER) };
