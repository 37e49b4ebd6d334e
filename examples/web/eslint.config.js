// Few rules, all of them run: those of the compiler's authors, with types, and React's own.
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["dist", "src/camus-client/generated.ts"]),
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers in texts are what they look like.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An arrow, and an early return, may return nothing in particular.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ["src/**/*.tsx", "src/**/use-*.ts"],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    // The library knows no framework, and nothing of the app.
    files: ["src/camus-client/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["react*", "@reduxjs/*", "**/app/*", "**/features/*", "**/ui/*"] },
      ],
    },
  },
  {
    files: ["scripts/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
