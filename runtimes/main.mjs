// Runs the program on a runtime that has a command line: `main.mjs URL`.
import { signIn } from "./sign-in.mjs";

await signIn(process.argv[2]);
console.log("signed in");
