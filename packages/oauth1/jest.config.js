import preset from "../../jest.preset.js";

export default {
  ...preset,
  setupFilesAfterEnv: ["<rootDir>/test/support/no-canary-in-errors.ts"],
};
