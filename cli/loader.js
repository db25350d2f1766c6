// Loads TypeScript without a type-check, as ts-node with swc does, and keeps what swc made in
// node_modules/.cache: a second run then loads neither ts-node, typescript nor swc.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

// Node 22 keeps compiled code between runs.
Module.enableCompileCache?.();

const root = join(__dirname, "..");
const cache = join(root, "node_modules", ".cache", "berth");
const options = {
  jsc: {
    target: "es2022",
    parser: { syntax: "typescript" },
    keepClassNames: true,
  },
  module: { type: "commonjs", ignoreDynamic: false },
  sourceMaps: "inline",
  swcrc: false,
};
const salt = JSON.stringify([options, require("@swc/core/package.json").version]);

require.extensions[".ts"] = (module, file) => {
  const source = fs.readFileSync(file, "utf8");
  const key = createHash("sha256").update(salt).update(file).update("\0").update(source);
  const kept = join(cache, `${key.digest("hex").slice(0, 32)}.js`);
  let code;
  try {
    code = fs.readFileSync(kept, "utf8");
  } catch {
    code = require("@swc/core").transformSync(source, { ...options, filename: file }).code;
    keep(kept, code);
  }
  module._compile(code, file);
};

// The cache may be read-only or shared: a half-written file must never be found.
function keep(file, code) {
  try {
    fs.mkdirSync(cache, { recursive: true });
    const part = `${file}.${process.pid}`;
    fs.writeFileSync(part, code);
    fs.renameSync(part, file);
  } catch {
    return;
  }
}

// The Pulumi SDK loads a compiler and a package manager for what no program of ours does
// (serialising functions): two thirds of its loading time. They load when something asks for them.
const late = new Set(["@npmcli/arborist", "./typescript-shim", "../../typescript-shim"]);
const load = Module._load;
Module._load = function (request, parent, isMain) {
  if (!late.has(request) || !/[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? ""))
    return load.call(this, request, parent, isMain);
  const real = () => load.call(this, request, parent, isMain);
  return new Proxy(function () {}, {
    // TypeScript's import helper asks this of every module; a yes keeps it from copying all of it.
    get: (_, property) => (property === "__esModule" ? true : real()[property]),
    has: (_, property) => property in real(),
    ownKeys: () => Reflect.ownKeys(real()),
  });
};
