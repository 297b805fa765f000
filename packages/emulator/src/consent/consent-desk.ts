import type { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import { consentPage, DECISION_PATH } from "./consent-page.ts";
import type { ConsentQuestion } from "./consent-page.ts";
import type { PageTheme } from "./page-theme.ts";
import { messagePage } from "./page.ts";
import type { PageMessage } from "./page.ts";
import { ticketSeal } from "./sealed-ticket.ts";

/** The decision of the person at the consent page. */
export interface ConsentDecision {
  readonly allowed: boolean;
  /** Id of the chosen user. */
  readonly userId: string;
  /** The permissions that were left checked. */
  readonly scopes: readonly string[];
}

/** Makes the response to a decision; `details` are what `ask` got, as JSON has them. */
type DecisionHandler<Details> = (
  details: Details,
  decision: ConsentDecision,
) => Response | Promise<Response>;

/** Responds with a consent page. `details` (JSON data) are what the decision handler needs to know of the request. */
export type Ask<Details> = (question: ConsentQuestion, details: Details) => Promise<Response>;

/** Shows consent pages and handles the decisions made there. */
export interface ConsentDesk {
  /** Adds a kind of consent page: `decide` makes the response to its form. */
  page<Details>(decide: DecisionHandler<Details>): Ask<Details>;
  /** Responds with a message page. */
  say(message: PageMessage, status?: number): Promise<Response>;
}

/** What the ticket of an open page contains. */
interface OpenPage {
  /** The index of its decision handler. */
  readonly kind: number;
  readonly people: readonly string[];
  readonly scopes: readonly { readonly name: string; readonly optional: boolean }[];
  readonly details: unknown;
}

/** Creates a consent desk, and adds the route for decisions to the app. */
export function consentDesk(app: Hono<EmulatorEnv>, theme: PageTheme): ConsentDesk {
  const handlers: DecisionHandler<unknown>[] = [];
  const tickets = ticketSeal();

  app.post(DECISION_PATH, async (c) => {
    const form = new URLSearchParams(c.get("received").rawBody);
    const open = tickets.open(form.get("ticket") ?? "") as OpenPage | undefined;
    const decide = open && handlers[open.kind];
    if (open === undefined || decide === undefined) {
      return messagePage(theme, {
        title: "This page is too old",
        text: "The emulator does not know it any more. Start again from the application.",
      });
    }
    const userId = form.get("user") ?? "";
    const allowed = form.get("decision") === "allow";
    if (allowed && !open.people.includes(userId)) {
      return messagePage(theme, { title: "No such user", text: "Choose one of the users." });
    }
    const ticked = form.getAll("scope");
    const scopes = open.scopes
      .filter((scope) => !scope.optional || ticked.includes(scope.name))
      .map((scope) => scope.name);
    return decide(open.details, { allowed, userId, scopes });
  });

  return {
    page<Details>(decide: DecisionHandler<Details>): Ask<Details> {
      const kind = handlers.push(decide as DecisionHandler<unknown>) - 1;
      return (question, details) => {
        const people = question.people.map(({ id }) => id);
        const scopes = question.scopes.map(({ name, optional }) => ({ name, optional }));
        const open: OpenPage = { kind, people, scopes, details };
        return consentPage(theme, question, tickets.seal(open));
      };
    },
    say: (message, status) => messagePage(theme, message, status),
  };
}
