import fc from "fast-check";

/** Any character except halves of surrogate pairs, like fast-check's unit "binary", which takes a second to set up. */
const codePoint = fc
  .nat(0x10_f7ff)
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

/** Text of any characters; half of it is ASCII, with names such as `__proto__`. */
export function anyText(constraints: fc.StringConstraints = {}): fc.Arbitrary<string> {
  return fc.oneof(fc.string(constraints), fc.string({ ...constraints, unit: codePoint }));
}
