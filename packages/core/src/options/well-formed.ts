/** Replaces lone surrogates, which UTF-8 cannot have and for which `encodeURIComponent()` throws. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
