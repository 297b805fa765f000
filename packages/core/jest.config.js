import preset from "../../jest.preset.js";

export default { ...preset, setupFilesAfterEnv: ["<rootDir>/test/support/every-error.ts"] };
