import { startCertified } from "../providers/certified.ts";
import { expectEqual, expectThat, type FaultCase, put } from "./fault-parts.ts";

export const damagedRecords: FaultCase = async ({
  store,
  processes,
  key,
  running,
  damage,
  raw,
}) => {
  if (!damage || !raw) throw new Error("The harness has no damage() or no raw().");
  const provider = await running(startCertified());
  const other = await processes.start();
  for (const how of ["corrupt", "truncated"] as const) {
    const name = key(how);
    const token = await provider.signIn();
    await put(store, name, token);
    await damage(name, how);
    const before = await raw(name);
    const outcome = await other.run({ name: "call", client: provider.client, key: name });
    expectEqual(outcome.code, "RECORD_UNREADABLE", `the error for a ${how} record`);
    const { message = "" } = outcome;
    expectThat(message.includes(JSON.stringify(name)), `the error names the key (${message})`);
    expectThat(!message.includes(token.refreshToken ?? ""), "the error shows no token");
    expectEqual(
      await store.compareAndSet(name, undefined, token).catch(() => undefined),
      undefined,
      "the result of a first write",
    );
    expectEqual(await raw(name), before, `the ${how} record afterwards`);
  }
  return { damaged: 2 };
};
