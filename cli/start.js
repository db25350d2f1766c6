// Starts a command of this folder from its TypeScript source: `node cli/start.js preview --json`.
"use strict";
require("./loader");
const { join } = require("node:path");

const [, , command, ...words] = process.argv;
const { main } = require(`./commands/${command}.ts`);
let ended = false;
process.on("exit", () => {
  if (ended || process.exitCode) return;
  process.stderr.write(
    `${command}: ended before it was done. This is a bug of Berth: please report it.\n`,
  );
  process.exitCode = 2;
});
main(join(__dirname, ".."), words).then(
  (code) => {
    ended = true;
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(
      `${error instanceof Error ? error.stack : String(error)}\n\nThis is a bug of Berth: please report it with the command you gave and the text above.\n`,
    );
    process.exitCode = 2;
  },
);
