import { clickThrough, visibleText } from "./click-through.ts";
import type { ConsentChoice } from "./click-through.ts";

/** Types a device's user code on the provider's page and answers the consent page. */
export async function clickDevice(
  origin: string,
  pagePath: string,
  userCode: string,
  choice: ConsentChoice,
  userIdOf: (user: string) => string,
): Promise<void> {
  const form = new URLSearchParams({ user_code: userCode });
  const response = await clickThrough(origin, { url: origin + pagePath, form }, choice, userIdOf);
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}: ${visibleText(await response.text())}`);
  }
}
