import { expect, it, jest } from "@jest/globals";
import {
  doctor,
  type LockLimits,
  MemoryTokenStore,
  OAuthError,
  type StoreInspection,
  type StoreLease,
  type TokenStore,
} from "@grantkit/core";
import { AutoAdvancingClock, FakeClock } from "@grantkit/core/testing";

const NOW = 1_800_000_000_000;

function codesOf(found: Awaited<ReturnType<typeof doctor>>): readonly string[] {
  return found.map(({ code }) => code);
}

class Inspected extends MemoryTokenStore {
  readonly #inspection: StoreInspection;
  constructor(inspection: StoreInspection) {
    super();
    this.#inspection = inspection;
  }
  inspect(): Promise<StoreInspection> {
    return Promise.resolve(this.#inspection);
  }
}

it("finds nothing in a sound store, and leaves no record behind", async () => {
  const store = new MemoryTokenStore();
  expect(await doctor(store)).toEqual([]);
  expect(await store.keys()).toEqual({ keys: [] });
});

it("reports what the store itself finds", async () => {
  const finding = { code: "EVICTION", message: "It evicts.", losesTokens: true } as const;
  expect(await doctor(new Inspected({ findings: [finding] }))).toEqual([finding]);
});

it("does not repeat findings that the error of check() consists of", async () => {
  const findings = [
    { code: "EVICTION", message: "It evicts: stop it.", losesTokens: true },
    { code: "NO_PERSISTENCE", message: "It forgets: start it.", losesTokens: true },
  ] as const;
  class Refusing extends Inspected {
    override check(): Promise<void> {
      const message = findings.map((finding) => finding.message).join(" ");
      return Promise.reject(new OAuthError("STORE_FAILED", message));
    }
  }
  expect(await doctor(new Refusing({ findings }))).toEqual(findings);
});

it("reports clocks that are apart, by more than a second", async () => {
  const clock = new FakeClock(NOW);
  for (const now of [NOW - 1000, NOW, NOW + 1000]) {
    expect(await doctor(new Inspected({ now, findings: [] }), { clock })).toEqual([]);
  }
  const [finding, ...more] = await doctor(new Inspected({ now: NOW - 61_000, findings: [] }), {
    clock,
  });
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ code: "CLOCK_APART", losesTokens: false });
  expect(finding?.message).toContain("61 s apart");
});

it("reports the error of check(), and tries nothing else", async () => {
  class Refusing extends MemoryTokenStore {
    override check(): Promise<void> {
      return Promise.reject(new OAuthError("STORE_FAILED", "The table is missing: run it."));
    }
    override compareAndSet = (): Promise<undefined> => {
      throw new Error("must not be called");
    };
  }
  const message = "The table is missing: run it.";
  const finding = { code: "CHECK_FAILED", message, losesTokens: true };
  expect(await doctor(new Refusing())).toEqual([finding]);
});

it("reports a problem once, with the code of inspect(), if check() throws it too", async () => {
  const message = "Other users can read the file.";
  class Exposed extends Inspected {
    override check(): Promise<void> {
      return Promise.reject(new OAuthError("STORE_FAILED", message));
    }
  }
  const finding = { code: "READABLE_BY_OTHERS", message, losesTokens: true } as const;
  expect(await doctor(new Exposed({ findings: [finding] }))).toEqual([finding]);
});

it("reports each problem once if check() throws several of them in one message", async () => {
  class Forgetful extends Inspected {
    override check(): Promise<void> {
      return Promise.reject(new OAuthError("STORE_FAILED", "It evicts. It persists nothing."));
    }
  }
  const found = [
    { code: "EVICTION", message: "It evicts.", losesTokens: true },
    { code: "NO_PERSISTENCE", message: "It persists nothing.", losesTokens: true },
  ] as const;
  expect(await doctor(new Forgetful({ findings: found }))).toEqual(found);
});

it("quotes no message of a foreign error, which may have a connection string", async () => {
  class Refusing extends MemoryTokenStore {
    override check(): Promise<void> {
      return Promise.reject(new Error("connect postgres://user:canary-password@db/app"));
    }
  }
  const found = await doctor(new Refusing());
  expect(codesOf(found)).toEqual(["CHECK_FAILED"]);
  expect(JSON.stringify(found)).not.toContain("canary-password");
});

it("reports a store that does not read what it wrote", async () => {
  class Behind extends MemoryTokenStore {
    override get = (): Promise<undefined> => Promise.resolve(undefined);
  }
  expect(codesOf(await doctor(new Behind()))).toEqual(["READ_FROM_REPLICA"]);
});

it("reports locks that cannot be extended, if a refresh may take longer than they last", async () => {
  class Plain extends MemoryTokenStore {
    override withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>) {
      return super.withLock(key, limits, (lease) =>
        work({ signal: lease.signal, isHeld: () => lease.isHeld() }),
      );
    }
  }
  expect(codesOf(await doctor(new Plain()))).toEqual(["LEASE_TOO_SHORT"]);
  expect(codesOf(await doctor(new Plain(), { timeout: 4000 }))).toEqual([]);
});

it("reports a store that is slow", async () => {
  const clock = new FakeClock(NOW);
  class Slow extends MemoryTokenStore {
    override withLock<T>(key: string, limits: LockLimits, work: (lease: StoreLease) => Promise<T>) {
      clock.advance(600);
      return super.withLock(key, limits, work);
    }
  }
  expect(codesOf(await doctor(new Slow(), { clock }))).toEqual(["SLOW"]);
});

it("ends, and says so, when the store does not answer", async () => {
  class Hanging extends MemoryTokenStore {
    override check = (): Promise<void> => new Promise(() => undefined);
  }
  const clock = new AutoAdvancingClock();
  const after = jest.spyOn(clock, "after");
  const found = await doctor(new Hanging(), { clock });
  expect(codesOf(found)).toEqual(["CHECK_FAILED"]);
  // Until then the process lives.
  expect(after.mock.calls as unknown[]).toContainEqual([30_000, expect.any(Function), true]);
  expect(found[0]?.message).toContain("did not answer within 30000 ms");
});

it.each([{ timeout: 0 }, { timeout: "5" }, { clock: {} }, { tiemout: 1 }])(
  "refuses the options %j",
  async (options) => {
    await expect(doctor(new MemoryTokenStore(), options as object)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  },
);

it.each([undefined, null, {}, { check: 1 }])("refuses %j, which is not a store", async (store) => {
  await expect(doctor(store as unknown as TokenStore)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("store must be a TokenStore"),
  });
});
