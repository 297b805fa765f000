import { afterAll, beforeAll, expect } from "@jest/globals";
import { callbackOf, decide, type PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

/** Lets the demo's clock go on, so that pauses and time limits end, until the returned function is called. */
export function letTimePass({ clock }: ServedDemo): () => void {
  const timer = setInterval(() => clock.advance(100), 20);
  return () => clearInterval(timer);
}

/**
 * Serves a demo for the tests of a file, which fail when the demo reports an error.
 *
 * @param clockGoesOn - Whether its clock goes on, so that pauses and time limits end.
 */
export function servedDemo(clockGoesOn: boolean): () => ServedDemo {
  let demo: ServedDemo;
  let stopTime: (() => void) | undefined;
  beforeAll(async () => {
    demo = await serveDemo();
    if (clockGoesOn) stopTime = letTimePass(demo);
  });
  afterAll(async () => {
    stopTime?.();
    await demo.stop();
    expect(demo.failures).toEqual([]);
  });
  return () => demo;
}

/** Signs in with a fault, as somebody without a screen. */
export async function signInWith(
  visitor: PlainBrowser,
  provider: string,
  fault: string,
  scope = "",
): Promise<void> {
  const consent = await visitor.signIn(provider, { fault, scope });
  await visitor.get(callbackOf(await decide(consent, "allow")));
}

/** Uses another flow with a fault. */
export async function runWith(
  visitor: PlainBrowser,
  provider: string,
  flow: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await visitor.post(`/run/${provider}/${flow}`, {}, new URLSearchParams(fields));
}

/** Calls the API with a fault. */
export async function callWith(
  visitor: PlainBrowser,
  provider: string,
  fault: string,
  url: string,
): Promise<void> {
  await runWith(visitor, provider, "api-call", { fault, url });
}

/** What the page says about the newest run: its explanation as text, with `HEADING` and explanation. */
export async function explained(visitor: PlainBrowser): Promise<string> {
  const page = await (await visitor.get("/")).text();
  const article = page.slice(page.indexOf('<h2 id="result"'));
  const panel = article.slice(article.indexOf('<section class="explanation'));
  const text = panel.startsWith('<section class="explanation') ? panel : "";
  return `${article.slice(0, article.indexOf("</h2>"))} ${text.slice(0, text.indexOf("</section>"))}`
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ")
    .trim();
}
