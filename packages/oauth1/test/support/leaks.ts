import type { AxiosError } from "axios";
import { inspect } from "node:util";
import { CANARY } from "./canaries.ts";

/** The secrets that no error may show: the emulator's own, and all canaries. */
const SECRETS = [...Object.values(CANARY), "oauth1-emulator-secret"];

/** Makes `inspect` show the FormData class of an axios config by its name only: all its methods would take milliseconds. */
function abbreviateFormData(error: unknown): void {
  const { FormData } = (error as AxiosError | undefined)?.config?.env ?? {};
  if (FormData && !Object.hasOwn(FormData, inspect.custom)) {
    Object.defineProperty(FormData, inspect.custom, { value: () => "[class FormData]" });
  }
}

/** An error as every log, console and serializer shows it. */
function faces(error: unknown): string[] {
  abbreviateFormData(error);
  const { message, stack, cause } = (error ?? {}) as Partial<Error>;
  let cloned: unknown;
  try {
    cloned = structuredClone(error);
  } catch {
    // An error that cannot be cloned cannot leak that way.
  }
  return [
    String(message),
    String(stack),
    String(error),
    JSON.stringify(error) ?? "",
    JSON.stringify({ error }),
    inspect(error, { depth: 10, showHidden: true }),
    inspect(cloned, { depth: 10, showHidden: true }),
    inspect(cause, { depth: 10, showHidden: true }),
    inspect({ ...(error as object) }, { depth: 10 }),
  ];
}

/** A secret as it is, and as forms, URLs, headers and base64 encode it. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    new URLSearchParams({ s: secret }).toString().slice(2),
    Buffer.from(secret).toString("base64").slice(0, -4),
  ];
}

/** The secrets that an error shows; a line of a private key is one too. */
export function leaksOf(error: unknown, further: readonly string[] = []): string[] {
  const forms = [...new Set([...SECRETS, ...further].flatMap(formsOf))];
  return faces(error).flatMap((face) => [
    ...forms.filter((form) => face.includes(form)),
    ...(/MII[\w+/]{16}/.exec(face) ?? []),
  ]);
}
