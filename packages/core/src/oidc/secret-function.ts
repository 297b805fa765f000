import type { Clock } from "../clock.ts";
import type { OAuthErrorCode } from "../errors/error-codes.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { networkCode } from "../http/network-errors.ts";
import { isObject } from "../options/option-rules.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";

/** How a function that gives secrets is called, and what its failure is called. */
export interface SecretFunctionCall {
  /** The option's name. */
  readonly name: string;
  /** What a failure means; completes a sentence that has "so". */
  readonly effect: string;
  readonly code: OAuthErrorCode;
  readonly provider?: string;
  readonly clock: Clock;
  /** The longest time that the function may take, in milliseconds. */
  readonly timeout: number;
}

/**
 * Calls a function of the app that gives secrets, within a time limit.
 *
 * @throws OAuthError with the call's code (`retryable`), without the message of what the function threw.
 */
export async function callSecretFunction<Value>(
  give: () => Value | Promise<Value>,
  call: SecretFunctionCall,
): Promise<Value> {
  const { name, effect, code, provider, clock, timeout } = ownFields(call);
  let cancel: (() => void) | undefined;
  let isLate = false;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(
      timeout,
      () => {
        isLate = true;
        reject(new Error());
      },
      true,
    );
  });
  try {
    return ownOptions(await Promise.race([give(), late]));
  } catch (error) {
    if (OAuthError.isInstance(error)) throw error;
    const message = isLate
      ? `The function ${name} took longer than ${timeout} ms, so ${effect}. The next request calls it again.`
      : `The function ${name} threw ${kindOf(error)}, so ${effect}. Log the error in the function: it is not shown here, because it may contain the secret. The next request calls it again.`;
    throw new OAuthError(code, message, {
      retryable: true,
      ...(provider !== undefined && { provider }),
    });
  } finally {
    cancel?.();
  }
}

/** Names the class and the system's code of an error: its message may quote the secret, as that of `JSON.parse` does. */
function kindOf(error: unknown): string {
  const { name, code } = (isObject(error) ? error : {}) as Partial<NodeJS.ErrnoException>;
  const kind = typeof name === "string" && /^[A-Z]\w{0,30}Error$/.test(name) ? name : "an error";
  const systemCode = networkCode({ code });
  return code === undefined || systemCode === "no answer" ? kind : `${kind} (${systemCode})`;
}
