import { formDecoded } from "./percent-encoding.ts";
import type { ByteText } from "./percent-encoding.ts";

/** One parameter, decoded to bytes. */
export interface ParameterPair {
  readonly name: ByteText;
  readonly value: ByteText;
}

/** The pairs of a query or of a form body, in order, duplicates and empty ones included (RFC 5849 section 3.4.1.3.1). */
export function formPairs(encoded: ByteText): ParameterPair[] {
  return encoded
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name: formDecoded(name), value: formDecoded(value.join("=")) };
    });
}
