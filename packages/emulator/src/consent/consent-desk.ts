import type { Hono } from "hono";
import { randomBase64Url } from "../oauth/random-text.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { consentPage, DECISION_PATH } from "./consent-page.ts";
import type { ConsentQuestion } from "./consent-page.ts";
import type { PageTheme } from "./page-theme.ts";
import { messagePage } from "./page.ts";
import type { PageMessage } from "./page.ts";

/** The decision of the person at the consent page. */
export interface ConsentDecision {
  readonly allowed: boolean;
  /** Id of the chosen user. */
  readonly userId: string;
  /** The permissions that were left checked. */
  readonly scopes: readonly string[];
}

/** Makes the response to a decision. */
type DecisionHandler = (decision: ConsentDecision) => Response | Promise<Response>;

/** Shows consent pages and handles the decisions made there. */
export interface ConsentDesk {
  /** Responds with a consent page; `decide` makes the response to its form. */
  ask(question: ConsentQuestion, decide: DecisionHandler): Promise<Response>;
  /** Responds with a message page. */
  say(message: PageMessage, status?: number): Promise<Response>;
}

// Limits the memory for pages that nobody answers.
const OPEN_QUESTIONS = 1000;

/** Creates a consent desk, and adds the route for decisions to the app. */
export function consentDesk(app: Hono<EmulatorEnv>, theme: PageTheme): ConsentDesk {
  const open = new Map<string, { question: ConsentQuestion; decide: DecisionHandler }>();

  app.post(DECISION_PATH, async (c) => {
    const form = new URLSearchParams(c.get("received").rawBody);
    const pending = open.get(form.get("ticket") ?? "");
    if (pending === undefined) {
      return messagePage(theme, {
        title: "This page is too old",
        text: "The emulator does not know it any more. Start again from the application.",
      });
    }
    const userId = form.get("user") ?? "";
    const allowed = form.get("decision") === "allow";
    if (allowed && !pending.question.people.some((person) => person.id === userId)) {
      return messagePage(theme, { title: "No such user", text: "Choose one of the users." });
    }
    const ticked = form.getAll("scope");
    const scopes = pending.question.scopes
      .filter((scope) => !scope.optional || ticked.includes(scope.name))
      .map((scope) => scope.name);
    return pending.decide({ allowed, userId, scopes });
  });

  return {
    ask(question, decide) {
      const ticket = randomBase64Url(24);
      open.set(ticket, { question, decide });
      if (open.size > OPEN_QUESTIONS) open.delete(open.keys().next().value ?? "");
      return consentPage(theme, question, ticket);
    },
    say: (message, status) => messagePage(theme, message, status),
  };
}
