#!/usr/bin/env node
import { runCommandLine } from "./command-line/run.ts";

const result = await runCommandLine(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
});
process.exitCode = result.exitCode;
if ("emulator" in result) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void result.emulator.close());
  }
}
