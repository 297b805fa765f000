/**
 * Reads a web stream to its end.
 *
 * @param most - The most bytes that are read.
 * @returns undefined for a stream with more bytes, which is then canceled.
 */
export async function readBytes(
  stream: ReadableStream<Uint8Array>,
  most: number,
): Promise<Uint8Array | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, length);
    chunks.push(value);
    length += value.length;
    if (length <= most) continue;
    // Not awaited: a body that others hold on to as well, by tee() or clone(), never reports that it was canceled.
    void reader.cancel().catch(() => undefined);
    return undefined;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
