import preset from "../jest.preset.js";

// The template's own tests run in the packages that are made of it.
export default { ...preset, testMatch: ["<rootDir>/test/**/*.test.ts"] };
