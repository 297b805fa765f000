import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ErrorPage, orStartPage } from "../../error-page.ts";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { FormValues } from "../../flows/form-values.ts";
import { confirmPage } from "../../pages/targets/confirm-page.ts";
import { newTargetPage, type TypedForm } from "../../pages/targets/new-target-page.ts";
import { targetOf, type Workbench } from "../../runs/workbench.ts";
import type { Opening } from "../open-targets.ts";
import type { TypedTarget } from "../target.ts";
import { openDefinition } from "./definition.ts";
import { addDiscovery } from "./discovery.ts";
import { openIssuer } from "./issuer.ts";
import { typedProblem } from "./typed-problem.ts";

/** Bytes of a form. */
const LARGEST_FORM = 200_000;

/** Serves the forms for providers that the person types in. */
export function serveTypedTargets(app: Hono, workbench: Workbench, opening: Opening): void {
  const { visitors } = workbench;

  app.use(
    "/targets/*",
    bodyLimit({
      maxSize: LARGEST_FORM,
      onError: () => {
        throw new ErrorPage(413, {
          title: "This is too long",
          text: "A definition has a few kilobytes. Remove what does not belong to it.",
          code: "TOO_LARGE",
        });
      },
    }),
  );

  app.get("/targets/new", (c) => c.html(newTargetPage({ values: new FormValues() })));

  app.post("/targets/issuer", (c) =>
    open(c, "issuer", (values, discovery) =>
      openIssuer(
        opening,
        {
          ...credentialsOf(values),
          issuer: values.text("issuer") ?? "",
          scope: values.words("scope"),
        },
        discovery,
      ),
    ),
  );

  app.post("/targets/definition", (c) =>
    open(c, "definition", (values) =>
      openDefinition(opening, {
        ...credentialsOf(values),
        json: values.text("definition") ?? "",
      }),
    ),
  );

  app.post("/targets/:target/registration", (c) => {
    const target = targetOf(workbench, visitors.find(c), c.req.param("target"), true);
    const { registration } = target;
    return open(c, target, (values) =>
      orStartPage(registration).open({
        ...credentialsOf(values),
        clientId: values.text("client_id") ?? "",
        parameter: values.text("parameter"),
      }),
    );
  });

  app.get("/targets/:target/confirm", (c) => {
    const unconfirmed = visitors.find(c)?.targets.unconfirmed(c.req.param("target"));
    return c.html(confirmPage(orStartPage(unconfirmed)));
  });

  app.post("/targets/:target/confirm", (c) => {
    const visitor = orStartPage(visitors.find(c));
    const typed = orStartPage(visitor.targets.confirm(c.req.param("target")));
    addDiscovery(visitor, typed);
    return toTarget(c, typed);
  });

  app.post("/targets/:target/remove", (c) => {
    const visitor = visitors.find(c);
    const target = targetOf(workbench, visitor, c.req.param("target"), true);
    visitor?.targets.remove(target.id);
    for (const held of [visitor?.tokens, visitor?.oauth1Tokens, visitor?.pins]) {
      held?.delete(target.id);
    }
    visitor?.runs.clear(target);
    return c.redirect("/", 303);
  });

  /** Opens what the person typed in, or shows the form again with what is wrong. */
  async function open(
    c: Context,
    form: TypedForm,
    opened: (values: FormValues, discovery: Exchange[]) => TypedTarget | Promise<TypedTarget>,
  ): Promise<Response> {
    const values = new FormValues(new URLSearchParams(await c.req.text()));
    const discovery: Exchange[] = [];
    try {
      const typed = await opened(values, discovery);
      const visitor = visitors.findOrCreate(c);
      if (!visitor.targets.add(typed)) {
        return c.redirect(`/targets/${typed.target.id}/confirm`, 303);
      }
      addDiscovery(visitor, typed);
      return toTarget(c, typed);
    } catch (error) {
      const problem = typedProblem(error);
      if (!problem) throw error;
      return c.html(newTargetPage({ values, form, problem, exchanges: discovery }), 400);
    }
  }
}

/** Redirects to the target's page, and to the result of its discovery if there was one. */
function toTarget(c: Context, { target, discovery }: TypedTarget): Response {
  return c.redirect(`/?provider=${target.id}${discovery ? "#result" : ""}`, 303);
}

function credentialsOf(values: FormValues): {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
} {
  return { clientId: values.text("client_id"), clientSecret: values.text("client_secret") };
}
