// Takes about ten seconds: TypeScript compiles the code of each flow at each provider, in one program.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { flowsOf } from "../src/flows/all-flows.ts";
import { clientFields } from "../src/client/client-fields.ts";
import type { Field } from "../src/flows/flow.ts";
import { FormValues } from "../src/flows/form-values.ts";
import { serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(() => demo.stop());

/** Fields whose text is read as something else than text. */
const TEXTS: Readonly<Record<string, string>> = {
  max_age: "60",
  issued_within: "60",
  authorization_details: '[{ "type": "payment", "amount": { "value": 1.5, "is-final": true } }]',
  claims: '{ "sub": "ada", "https://example.com/x": [1, null] }',
  extra: 'audience=it\'s "quoted" `${x}`',
};

/** Fills in a form: each choice with the option of that turn, and all else. */
function filled(fields: readonly Field[], turn: number): FormValues {
  const form = new URLSearchParams();
  for (const { name, kind, options = [], initial } of fields) {
    const chosen = options[turn % Math.max(options.length, 1)]?.value;
    const text = TEXTS[name] ?? (initial === undefined || initial === "" ? "one two" : initial);
    if (kind === "box") form.set(name, "on");
    else form.set(name, kind === "choice" ? (chosen ?? "") : text);
  }
  return new FormValues(form);
}

/** The programs of all flows at all targets: with an empty form, and with each choice made. */
function programs(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const target of demo.targets) {
    // The code of an example differs in its first lines only: one flow shows them.
    const flows = flowsOf(target).slice(0, target.kind === "example" ? 1 : undefined);
    for (const flow of flows) {
      // The choices of the client are the same in all flows: one flow tries them.
      const ofClient = flow.id === "client-credentials" ? clientFields(target) : [];
      const fields = [...flow.fields(target), ...ofClient];
      const turns = Math.max(
        ...fields.map(({ options = [], kind }) => (kind === "choice" ? options.length : 1)),
      );
      const turned = Array.from({ length: turns }, (_, turn) => filled(fields, turn));
      for (const [index, values] of [new FormValues(), ...turned].entries()) {
        sources.set(`${target.id}-${flow.id}-${index}.ts`, flow.code(target, values));
      }
    }
  }
  return sources;
}

const folder = fileURLToPath(new URL("../src/", import.meta.url));
const base = fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url));

/** Compiles programs as an app's of these packages, and lists what is wrong with them. */
function compile(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(base, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, noEmit: true, isolatedDeclarations: false },
    folder,
  );
  const files = new Map([...sources].map(([name, code]) => [folder + name, code]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const code = files.get(path);
      return code === undefined
        ? disk.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, code, version);
    },
  };
  const built = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const file = built.getSourceFile(path);
    const found = [...built.getSyntacticDiagnostics(file), ...built.getSemanticDiagnostics(file)];
    const name = path.slice(folder.length);
    return found.map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

it("compiles, for every flow at every target, with every choice", () => {
  const sources = programs();
  expect(sources.size).toBeGreaterThan(150);
  const [first = ""] = sources.values();
  sources.set("misspelled.ts", first.replace("clientId:", "clientID:"));
  expect(compile(sources)).toEqual([expect.stringMatching(/^misspelled\.ts: .*clientID/)]);
});

it("has the person's values, and no secret", () => {
  const secrets = new URLSearchParams({
    client_id: "my-app",
    client_secret: "typed-secret",
    private_key: "typed-secret",
    assertion_key: "typed-secret",
    password: "typed-secret",
    subject_token: "typed-secret",
    actor_token: "typed-secret",
    token: "typed-secret",
    access_token: "typed-secret",
    key_file: "typed-secret",
    jwt: "typed-secret",
  });
  for (const target of demo.targets) {
    // The code of an example differs in its first lines only: one flow shows them.
    const flows = flowsOf(target).slice(0, target.kind === "example" ? 1 : undefined);
    for (const flow of flows) {
      const code = flow.code(target, new FormValues(secrets));
      expect(code).not.toContain("typed-secret");
      if (flow.id === "service-account" || target.protocol === "oauth1") continue;
      expect(code).toContain('clientId: "my-app"');
    }
  }
});
