import { shownOf } from "./page-secrets.ts";
import type { PlainBrowser } from "./support.ts";

/** The newest run on the workbench as plain text, without what is behind a click. */
export async function resultOf(visitor: PlainBrowser): Promise<string> {
  const [, run = ""] = /<article class="run([^]*?)<\/article>/.exec(await pageOf(visitor)) ?? [];
  return textOf(run);
}

/** The token that the visitor holds, as the page shows it. */
export async function heldTokenOf(visitor: PlainBrowser, provider: string): Promise<string> {
  const page = await pageOf(visitor, `/?provider=${provider}`);
  const [, held = ""] = /<section class="token held"([^]*?)<\/section>/.exec(page) ?? [];
  return textOf(held);
}

async function pageOf(visitor: PlainBrowser, path = "/"): Promise<string> {
  return shownOf(await (await visitor.get(path)).text());
}

function textOf(piece: string): string {
  return piece
    .replace(/<wbr \/>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}
