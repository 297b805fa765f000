import { isApiError, isOAuthError, type OAuth2Client, type Token } from "@grantkit/core";
import { currentFlow, type Exchange } from "../exchanges/exchange-log.ts";
import { maskBody, maskHeaders, maskText, maskUrl } from "../exchanges/masking.ts";
import type { Target } from "../targets/target.ts";
import { program } from "./code.ts";
import type { Flow, Table } from "./flow.ts";
import { heldToken } from "./held-token.ts";

const PLACEMENTS = ["header", "query", "body"] as const;
type Placement = (typeof PLACEMENTS)[number];

/** One API request with the token in each place, and what reached the server (RFC 6750 §2). */
export const tokenPlacement: Flow = {
  id: "token-placement",
  title: "Token placement",
  group: "Use the token",
  teaser:
    "The same request with the token in the header, the query and a form, side by side (RFC 6750 §2).",
  button: () => "Send it three times",
  needsToken: true,
  fields: ({ sample }) => [
    { name: "url", label: "Path or URL", kind: "text", initial: sample, required: true },
  ],
  run: async ({ client, target, values, visitor }) => {
    const { token } = heldToken(visitor, target);
    const url = values.text("url") ?? target.sample;
    const columns: Arrival[] = [];
    for (const placement of PLACEMENTS) {
      columns.push(await send(client, target, { token, url, placement }));
    }
    const where = target.received ? "what the server received" : "what was sent";
    return {
      title: "The token in three places",
      text: `${verdictOf(columns, target.title)} Side by side, ${where}. A form needs a POST, which a path that is only read may refuse. Queries end up in logs, histories and Referer headers: use the header where you can (RFC 6750 §5.3).`,
      table: tableOf(columns),
    };
  },
  code: (target, values) => {
    const url = JSON.stringify(values.text("url") ?? target.sample);
    return program(target, values, {
      imports: ["type Token"],
      lines: `
export async function callApi(token: Token) {
  // One token in all places: "manual" does not refresh it where a place is refused.
  const refresh = "manual";
  await client.session(token, { tokenPlacement: "header", refresh }).get(${url});
  await client.session(token, { tokenPlacement: "query", refresh }).get(${url});
  // A form, which needs a POST.
  const form = new URLSearchParams();
  await client.session(token, { tokenPlacement: "body", refresh }).post(${url}, form);
}`,
    });
  },
};

/** What arrived with the token in one place. */
interface Arrival {
  readonly placement: Placement;
  readonly answer: string;
  /** The status of the answer; undefined if the client refused to send. */
  readonly status: number | undefined;
  /** Undefined if nothing was sent. */
  readonly request: Arrived | undefined;
}

/** The parts of a request that can have a token. */
export interface Arrived {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

async function send(
  client: OAuth2Client,
  target: Target,
  { token, url, placement }: { token: Token; url: string; placement: Placement },
): Promise<Arrival> {
  // A session that refreshed a token which this place does not suit would compare another one, and spend the refresh token.
  const session = client.session(token, { tokenPlacement: placement, refresh: "manual" });
  const sent: Exchange[] = [];
  const flow = currentFlow.getStore();
  const log = {
    add: (exchange: Exchange): void => {
      sent.push(exchange);
      flow?.log.add(exchange);
    },
  };
  const request = (): Promise<{ readonly status: number }> =>
    placement === "body"
      ? session.post<unknown>(url, new URLSearchParams())
      : session.get<unknown>(url);
  const call = async (): Promise<Pick<Arrival, "answer" | "status">> => {
    try {
      const { status } = await request();
      return { answer: String(status), status };
    } catch (error) {
      if (isApiError(error)) {
        const { status, data, message } = error;
        return { answer: `${status}: ${errorIn(data) ?? message}`, status };
      }
      if (isOAuthError(error)) {
        return { answer: `${error.code}: ${error.message}`, status: undefined };
      }
      throw error;
    }
  };
  const answer = await (flow ? currentFlow.run({ ...flow, log }, call) : call());
  const last = sent.at(-1);
  const received = target.received?.(token.accessToken);
  return { placement, ...answer, request: last && (received ?? arrivedOf(last)) };
}

/** The error that an API's body names; undefined if it has none in a known place. */
function errorIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const fields = data as Readonly<Record<string, unknown>>;
  const { error, error_description, message, code } = fields;
  if (typeof error === "object" && error !== null) return errorIn(error);
  const texts = [error ?? code, error_description ?? message];
  return texts.filter((text) => typeof text === "string").join(": ") || undefined;
}

/** Counts the places that the API accepted, and says what a refusal means. */
function verdictOf(arrivals: readonly Arrival[], title: string): string {
  const refused = arrivals.filter(({ answer }) => !/^2\d\d$/.test(answer));
  const accepted = arrivals.length - refused.length;
  const count = `${accepted} of ${arrivals.length} places accepted.`;
  // A token that no place suits is refused for another reason.
  if (accepted === 0) return count;
  const unread = refused.filter(({ status }) => status === 401).map(({ placement }) => placement);
  const others = refused.filter(({ status }) => status !== 401).map(refusalOf);
  return [
    count,
    ...(unread.length > 0 ? [`${title} does not read a token in the ${unread.join(" or ")}.`] : []),
    ...others,
  ].join(" ");
}

function refusalOf({ placement, status }: Arrival): string {
  return status === undefined
    ? `The SDK sent no token in the ${placement}.`
    : `The request with the token in the ${placement} was refused with ${status}.`;
}

/** What was sent, where no emulator says what it received. */
function arrivedOf({ method, url, requestHeaders = {}, requestBody = "" }: Exchange): Arrived {
  const { pathname, search } = new URL(url);
  const [, authorization] =
    Object.entries(requestHeaders).find(([name]) => /^authorization$/i.test(name)) ?? [];
  return { method, url: `${pathname}${search}`, authorization, body: requestBody };
}

function tableOf(arrivals: readonly Arrival[]): Table {
  const row = (
    name: string,
    of: (request: Arrived) => string | undefined,
    mask: (value: string) => string,
  ): Table["rows"][number] => ({
    name,
    cells: arrivals.map(({ request }) => {
      if (!request) return { value: "not sent", masked: "not sent" };
      const value = of(request) || "none";
      return { value, masked: mask(value) };
    }),
  });
  return {
    columns: arrivals.map(({ placement }) => `In the ${placement}`),
    rows: [
      row("Request", ({ method, url }) => `${method} ${url}`, maskRequest),
      row("Authorization", ({ authorization }) => authorization, maskAuthorization),
      row("Body", ({ body }) => body, maskBody),
      {
        name: "Answer",
        cells: arrivals.map(({ answer }) => ({ value: answer, masked: maskText(answer) })),
      },
    ],
  };
}

function maskRequest(line: string): string {
  const [method = "", url = ""] = line.split(" ", 2);
  return `${method} ${maskUrl(url)}`;
}

function maskAuthorization(value: string): string {
  return value === "none" ? value : (maskHeaders({ authorization: value })["authorization"] ?? "");
}
