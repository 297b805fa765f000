/** An emulator, as far as its switches go. */
interface Switchable<Switches> {
  readonly configure: (switches: Switches) => void;
}

/** Sets switches of an emulator while a run works, and sets them back afterwards. */
export function switched<Switches>(
  emulator: Switchable<Switches>,
  on: Switches,
  usual: Switches,
): () => () => void {
  return () => {
    emulator.configure(on);
    return () => emulator.configure(usual);
  };
}
