// Starts a command of this folder from its TypeScript source: `node cli/start.js preview --json`.
"use strict";
require("./loader");
const { join } = require("node:path");

const [, , command, ...words] = process.argv;
const { main } = require(`./${command}.ts`);
main(join(__dirname, ".."), words).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(
      `${error instanceof Error ? error.stack : String(error)}\n\nThis is a bug of Berth: please report it with the command you gave and the text above.\n`,
    );
    process.exitCode = 2;
  },
);
