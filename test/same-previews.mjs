// Compares what this work tree would create with what another commit would: every example, cloud and shape.
// usage: node test/same-previews.mjs [COMMIT]     (default: origin/main, else HEAD)
//
// For a change that moves code and must not move resources: the documents of `preview --json` must be identical to
// the byte, with type tokens, names, inputs and order. Prints each pair that differs, with the first differing line;
// exits with 1 where one does.
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const git = (...words) => execFileSync("git", ["-C", here, ...words], { encoding: "utf8" }).trim();
const known = (ref) => {
  try {
    return git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  } catch {
    return undefined;
  }
};
const wanted = process.argv[2];
const base = wanted === undefined ? (known("origin/main") ?? known("HEAD")) : known(wanted);
if (base === undefined) {
  console.error(`${wanted}: no such commit`);
  process.exit(2);
}

const examples = ["autoship", "bigga", "connesoa", "qwaya", "simpleapp"];
/** As components/clouds/list.ts has them: each is a folder there. */
const clouds = readdirSync(join(here, "components/clouds"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const cases = examples.flatMap((example) =>
  clouds.flatMap((cloud) =>
    ["qa", "prod"].map((stack) => ({
      example,
      cloud,
      stack,
      name: `${example}-${cloud}-${stack}`,
    })),
  ),
);

function preview(root, { example, cloud, stack }) {
  const words = ["cli/start.js", "preview", "--json", "--show-secrets"];
  words.push(
    "--config-file",
    `examples/${example}/Pulumi.${stack}.yaml`,
    "--config",
    `cloud=${cloud}`,
  );
  return new Promise((done) => {
    execFile(process.execPath, words, { cwd: root, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      done(`${stdout}${stderr}exit ${error?.code ?? 0}\n`.replaceAll(root, "/berth")),
    );
  });
}

async function previews(root) {
  const queue = [...cases];
  const found = new Map();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        found.set(one.name, await preview(root, one));
        process.stderr.write(".");
      }
    }),
  );
  process.stderr.write("\n");
  return found;
}

/** The previews of the other commit, kept beside the system's temporary files: they do not change. */
async function previewsOf(commit) {
  const kept = join(tmpdir(), "berth-previews", `${commit}.json`);
  if (existsSync(kept)) return new Map(JSON.parse(readFileSync(kept, "utf8")));
  const folder = mkdtempSync(join(tmpdir(), "berth-commit-"));
  try {
    git("worktree", "add", "--quiet", "--detach", folder, commit);
    symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
    const found = await previews(folder);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, JSON.stringify([...found]));
    return found;
  } finally {
    git("worktree", "remove", "--force", folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const before = await previewsOf(base);
const after = await previews(here);
let differ = 0;
for (const [name, text] of before) {
  const now = after.get(name);
  if (now === text) continue;
  differ++;
  const [old, new_] = [text.split("\n"), now.split("\n")];
  const line = old.findIndex((one, index) => one !== new_[index]);
  console.log(`${name}, line ${line + 1}:\n  - ${old[line]?.trim()}\n  + ${new_[line]?.trim()}`);
}
console.log(
  `${before.size - differ} of ${before.size} previews are the same as ${base.slice(0, 12)}'s`,
);
process.exit(differ === 0 ? 0 : 1);
