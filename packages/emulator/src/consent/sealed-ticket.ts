import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Puts what an open page asks into the page itself, encrypted, so that no number of other pages can push it out. */
export interface TicketSeal {
  /** Encrypts JSON data. */
  seal(data: unknown): string;
  /** Decrypts; undefined if the ticket was not made here. */
  open(ticket: string): unknown;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Creates a seal with a key of its own. */
export function ticketSeal(): TicketSeal {
  const key = randomBytes(32);
  return {
    seal(data) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
      const sealed = Buffer.concat([cipher.update(JSON.stringify(data)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(ticket) {
      const bytes = Buffer.from(ticket, "base64url");
      const start = IV_BYTES + TAG_BYTES;
      if (bytes.length <= start) return undefined;
      const iv = bytes.subarray(0, IV_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(IV_BYTES, start));
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
        return JSON.parse(opened.toString("utf8")) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}
