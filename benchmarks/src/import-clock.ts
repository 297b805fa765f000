// Prints the milliseconds that the import of a package takes: in a process of its own, whose start is not counted.
const [, , specifier = ""] = process.argv;

const start = process.hrtime.bigint();
const loaded = (await import(specifier)) as object;
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;

if (Object.keys(loaded).length === 0) throw new Error(`${specifier} exports nothing`);
process.stdout.write(String(milliseconds));
