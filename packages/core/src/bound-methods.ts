type Method = (this: unknown, ...values: unknown[]) => unknown;

/**
 * Gives an object its classes' methods bound to it, so that they can be taken out and passed on: `const { fetchToken } =
 * client`. They are looked up by each call, so that a test may replace one on the class.
 */
export function bindMethods(target: object): void {
  const type = Object.getPrototypeOf(target) as object;
  let names = methodsByClass.get(type);
  if (!names) methodsByClass.set(type, (names = inheritedMethods(type)));
  for (const name of names) {
    define(target, name, (...values) => (Reflect.get(type, name) as Method).apply(target, values));
  }
}

const methodsByClass = new WeakMap<object, readonly string[]>();

function inheritedMethods(type: object): string[] {
  if (type === Object.prototype) return [];
  const names = new Set([
    ...methodsOf(type),
    ...inheritedMethods(Object.getPrototypeOf(type) as object),
  ]);
  return [...names];
}

/** Makes the methods of a class bound when they are read: for objects that are made for each request. */
export function bindWhenRead(prototype: object): void {
  for (const name of methodsOf(prototype)) {
    const method = Reflect.get(prototype, name) as Method;
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: unknown): Method {
        return this === prototype ? method : method.bind(this);
      },
      set(this: object, replaced: Method) {
        define(this, name, replaced);
      },
    });
  }
}

function methodsOf(prototype: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => name);
}

function define(target: object, name: string, value: Method): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
