/** A text without halves of surrogate pairs, as UTF-8 has it: encodeURIComponent() throws for any other. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
