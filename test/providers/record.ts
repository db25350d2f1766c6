import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "../simulators/client";
import { digitalocean } from "./inputs/digitalocean";
import { docker } from "./inputs/docker";
import { random } from "./inputs/random";
import { tls } from "./inputs/tls";
import { findPlugin, startPlugin } from "./plugin";
import { recordConfigs, recordType, transcriptFile, write, type Transcript } from "./transcript";

const subjects = { digitalocean, docker, random, tls };

const help = `usage: npm run record -- PLUGIN [--type TYPE] [--case NAME]

Drives a provider plugin (${Object.keys(subjects).join(", ")}) through the lists of inputs in test/providers/inputs
and writes what it answered to test/providers/transcripts. The plugin is the one on PATH, else the newest in Pulumi's
plugin cache. docker needs a Docker: BERTH_DOCKER_HOST=$(test/rig/dockerd.sh up). digitalocean is before a stand-in of its API.

  --type TYPE   only the resource type of this name, such as Container; or provider, its configuration
  --case NAME   print the cases whose name contains this, and write nothing
  --help        print this
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean" },
      type: { type: "string" },
      case: { type: "string" },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const subject = Object.values(subjects).find(({ plugin }) => plugin === positionals[0]);
  if (subject === undefined || positionals.length !== 1) {
    process.stderr.write(help);
    return 2;
  }
  const program = findPlugin(subject.plugin);
  if (program === undefined) {
    process.stderr.write(
      `pulumi-resource-${subject.plugin} is neither on PATH nor in Pulumi's plugin cache; run pulumi plugin install resource ${subject.plugin}\n`,
    );
    return 1;
  }
  const plugin = await startPlugin(program);
  const client = new Client(plugin.port, subject.plugin);
  try {
    const version = await client.version();
    const world = await subject.begin();
    try {
      const configs = await recordConfigs(client, subject);
      await client.configure(world.config);
      const save = (type: string, cases: Transcript["cases"]): void => {
        const transcript = { plugin: subject.plugin, version, ...world.about, type, cases };
        if (values.case !== undefined) {
          process.stdout.write(write(transcript));
          return;
        }
        const file = transcriptFile(subject.plugin, type);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, write(transcript));
        process.stdout.write(`${file}: ${Object.keys(cases).length} cases\n`);
      };
      if ([undefined, "provider"].includes(values.type)) save("provider", configs);
      for (const type of Object.keys(subject.cases)) {
        const name = type.split(":").at(-1) ?? "";
        if (values.type !== undefined && values.type !== name) continue;
        const cases = await recordType(client, subject, world, type, (one) =>
          values.case === undefined ? true : one.includes(values.case),
        );
        save(type, cases);
      }
    } finally {
      await world.end?.();
    }
  } finally {
    client.close();
    plugin.stop();
  }
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
    process.exitCode = 2;
  },
);
