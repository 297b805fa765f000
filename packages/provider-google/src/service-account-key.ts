import { type AssertionToSign, ConfigurationError } from "@grantkit/core";
import { isFilledText } from "@grantkit/core/requests";
import { readJsonFile } from "./json-file.ts";

/** A service account's key file, as the Google Cloud console gives it out: the fields that are used. */
export interface ServiceAccountKeyFile {
  /** The account's e-mail address, for example `robot@my-project.iam.gserviceaccount.com`. */
  readonly client_email: string;
  /** The private key: PKCS #8 in PEM form. */
  readonly private_key: string;
  /** The key's id. */
  readonly private_key_id?: string;
}

/**
 * Reads a key file.
 *
 * @param key - Its fields, or its text.
 * @param keyFile - Its path, in the place of `key`.
 * @throws ConfigurationError that says what is wrong, and shows nothing of the file.
 */
export function readKeyFile(key: unknown, keyFile: unknown): ServiceAccountKeyFile {
  const names = { content: "key", path: "keyFile" };
  const read = readJsonFile({ content: key, path: keyFile, names, what: KEY_FILE });
  if (typeof read === "string") throw new ConfigurationError("The service account", [read]);
  const { type, client_email: email, private_key: pem, private_key_id: id } = read;
  const isKey = typeof email === "string" && email.includes("@") && isFilledText(pem);
  if (!isKey) {
    const isOther = isFilledText(type) && type !== "service_account";
    const problem = isOther ? OTHER_KIND : `key must be ${KEY_FILE}`;
    throw new ConfigurationError("The service account", [problem]);
  }
  return { client_email: email, private_key: pem, ...(isFilledText(id) && { private_key_id: id }) };
}

/** The key that an account signs with. */
export function signerOf({
  private_key: key,
  private_key_id: keyId,
}: ServiceAccountKeyFile): Pick<AssertionToSign, "key" | "keyId"> {
  return { key, ...(keyId !== undefined && { keyId }) };
}

const KEY_FILE = "a service account's key file, with client_email and private_key";
const OTHER_KIND =
  'key is another kind of credential: pass a key file whose "type" is "service_account"; GoogleExternalAccount takes an "external_account"';
