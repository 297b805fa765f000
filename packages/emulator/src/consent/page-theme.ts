/** The name and the colors of a provider's pages. */
export interface PageTheme {
  /** The provider's name, as people know it. */
  readonly providerName: string;
  /** Accent color on a light background, with a contrast of at least 4.5 to white. */
  readonly accent: string;
  /** Accent color on a dark background, with a contrast of at least 4.5 to near black. */
  readonly accentOnDark: string;
  /** Whether this is a protocol and not the service of a company. */
  readonly isProtocol?: boolean;
}

/** Makes the style sheet of all pages. */
export function styleSheet({ accent, accentOnDark }: PageTheme): string {
  return `
:root {
  color-scheme: light dark;
  --accent: ${accent}; --on-accent: #fff;
  --ground: #f3f4f6; --card: #fff; --ink: #16181d; --muted: #565c68; --line: #d8dbe1; --chosen: ${accent}12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --accent: ${accentOnDark}; --on-accent: #101216;
    --ground: #101216; --card: #1a1d23; --ink: #eceef2; --muted: #a3a9b5; --line: #363b45; --chosen: ${accentOnDark}1f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; display: grid; align-content: center; justify-items: center;
}
.card {
  width: 100%; max-width: 31rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; overflow: clip; box-shadow: 0 1px 2px #0001, 0 12px 32px #0001;
}
.notice {
  display: flex; align-items: center; gap: .5rem; margin: 0; padding: .625rem 1.5rem;
  background: ${accent}; color: #fff; font-size: .875rem;
}
.notice strong { letter-spacing: .02em; }
main { padding: 1.5rem; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
.muted { color: var(--muted); font-size: .875rem; }
p.remark { margin: .75rem 0 0; }
p.problem { margin: .75rem 0 0; font-weight: 600; }
p.notice { margin: 0; }
fieldset { border: 0; margin: 1.25rem 0 0; padding: 0; min-width: 0; }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
.choice {
  display: flex; align-items: center; gap: .75rem; padding: .625rem .75rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: .75rem;
}
.choice + .choice { margin-top: .5rem; }
.choice:hover { border-color: var(--accent); }
.choice:has(input:checked) { border-color: var(--accent); background: var(--chosen); }
.choice:has(input:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice input { accent-color: var(--accent); width: 1.125rem; height: 1.125rem; margin: 0; flex: none; outline: none; }
.choice img { width: 2.5rem; height: 2.5rem; border-radius: 50%; flex: none; }
.text { display: grid; min-width: 0; }
.text > * { overflow-wrap: anywhere; }
.text small { color: var(--muted); }
.fixed { cursor: default; }
.fixed:hover { border-color: var(--line); }
.fixed .tick { width: 1.125rem; flex: none; color: var(--accent); font-weight: 700; text-align: center; }
.actions { display: flex; gap: .75rem; margin: .75rem 0 -.75rem; padding: .75rem 0; position: sticky; bottom: 0; background: var(--card); }
button, .field {
  font: inherit; padding: .6875rem 1rem; border-radius: .75rem; border: 1px solid var(--line);
  background: transparent; color: var(--ink);
}
button { flex: 1; font-weight: 600; cursor: pointer; }
button:hover { border-color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover { filter: brightness(1.08); }
button:focus-visible, .field:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.field { width: 100%; margin-top: .375rem; font-size: 1.25rem; letter-spacing: .12em; }
code, dd { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.pin { margin: 1.25rem 0 0; padding: .875rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--chosen);
  font: 600 1.75rem/1.25 ui-monospace, monospace; letter-spacing: .12em; text-align: center; }
dl { margin: 0; display: grid; gap: .625rem; }
dt { color: var(--muted); font-size: .8125rem; }
dd { margin: 0; }
a { color: var(--accent); }
@media (prefers-reduced-motion: no-preference) { .choice, button { transition: border-color .12s, background .12s; } }
`;
}
