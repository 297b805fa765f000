// A provider package stays thin: at most 900 lines that run. Comments, blank lines, imports, exports of other files and
// declarations of types are not counted: they are what a user reads, and cost nothing when the package runs.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const MOST = 900;

const isDeclaration = (statement) =>
  ts.isImportDeclaration(statement) ||
  ts.isExportDeclaration(statement) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement);

/** The lines of a file that hold a token of a statement that runs. */
function linesThatRun(path) {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = new Set();
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const count = (node) => {
    if (node.getChildCount(source) > 0) {
      for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) count(child);
    } else if (node.getWidth(source) > 0) {
      const [first, last] = [node.getStart(source), node.getEnd()].map(lineOf);
      for (let line = first; line <= last; line += 1) lines.add(line);
    }
  };
  for (const statement of source.statements) if (!isDeclaration(statement)) count(statement);
  return lines.size;
}

for (const name of readdirSync("packages").filter((each) => each.startsWith("provider-"))) {
  const files = readdirSync(`packages/${name}/src`, { recursive: true, encoding: "utf8" });
  const lines = files
    .filter((file) => file.endsWith(".ts"))
    .reduce((sum, file) => sum + linesThatRun(`packages/${name}/src/${file}`), 0);
  console.log(`${name}: ${lines} lines that run, of at most ${MOST}`);
  if (lines > MOST) process.exitCode = 1;
}
