import tseslint from "typescript-eslint";

/** Arrows point one way (docs/architecture.md): which folder may import which. */
const arrows = (files, forbidden, why) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message: why }] }],
  },
});

export default tseslint.config(
  { ignores: ["node_modules", ".berth", "coverage", "examples", "**/*.mjs", "**/*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, varsIgnorePattern: "^_", argsIgnorePattern: "^_" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.property.name='apply'] NewExpression:has(Property[key.name='parent'])",
          message: "a resource made in apply is missing from previews; make it outside",
        },
      ],
    },
  },
  {
    files: ["test/**"],
    rules: { "@typescript-eslint/no-floating-promises": "error" },
  },
  arrows(
    ["components/compose/**"],
    ["@pulumi/*", "**/settings/*", "**/plan/*", "**/docker/*", "**/kubernetes/*", "**/clouds/*"],
    "compose reads Compose files and knows nothing else",
  ),
  arrows(
    ["components/settings/**"],
    ["@pulumi/*", "**/plan/*", "**/docker/*", "**/kubernetes/*", "**/clouds/*"],
    "settings reads stack config and knows nothing else",
  ),
  arrows(
    ["components/plan/**"],
    ["@pulumi/*", "**/docker/*", "**/kubernetes/*", "**/clouds/*"],
    "the plan is pure data: it knows compose and settings alone",
  ),
  ...["aws", "gcp", "digitalocean", "local"].map((cloud) =>
    arrows(
      [`components/clouds/${cloud}/**`],
      [
        ...["aws", "gcp", "digitalocean", "local"]
          .filter((other) => other !== cloud)
          .flatMap((other) => [
            `@pulumi/${other}`,
            `**/clouds/${other}`,
            `../${other}`,
            `../${other}/*`,
          ]),
      ],
      "one cloud's folder never imports another's",
    ),
  ),
);
