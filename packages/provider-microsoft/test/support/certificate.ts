import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "grantkit-certificate-"));
const [keyFile, file] = [join(folder, "key.pem"), join(folder, "certificate.pem")] as const;
const kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=app"];
execFileSync("openssl", [...kind, "-keyout", keyFile, "-out", file], { stdio: "ignore" });

/** The private key of an app, which openssl made. */
export const key: string = readFileSync(keyFile, "utf8");
/** Its certificate. */
export const certificate: string = readFileSync(file, "utf8");
/** Both in one file. */
export const pem: string = key + certificate;
rmSync(folder, { recursive: true });
