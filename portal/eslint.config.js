/** eslint's rules for every ES module of the repository; `npm run lint` runs it from the root. */
import js from "@eslint/js";
import globals from "globals";
import jsdoc from "eslint-plugin-jsdoc";

export default [
  { ignores: ["**/node_modules/**"] },
  js.configs.recommended,
  {
    plugins: { jsdoc },
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    rules: {
      "max-len": ["error", { code: 120, ignoreUrls: true, ignoreStrings: true }],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "AssignmentExpression[left.property.name='innerHTML']",
          message: "Text goes in as text: see dom.js.",
        },
      ],
      eqeqeq: "error",
      "no-console": "error",
      "prefer-const": "error",
      "jsdoc/check-param-names": "error",
      "jsdoc/check-tag-names": "error",
    },
  },
  {
    files: ["portal/public/**"],
    languageOptions: { globals: globals.browser },
    rules: { "jsdoc/require-jsdoc": ["error", { publicOnly: true, require: { FunctionDeclaration: true } }] },
  },
  { files: ["local/node/**"], languageOptions: { globals: globals.node }, rules: { "no-console": "off" } },
  { files: ["tests/**", "portal/*.js"], languageOptions: { globals: globals.node } },
];
