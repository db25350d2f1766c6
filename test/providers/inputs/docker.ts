import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../simulators/docker/api";
import { readContext } from "../../simulators/docker/context";
import { tar } from "../../simulators/docker/tar";
import { tinyContext } from "../../simulators/docker/tiny";
import type { Properties } from "../../simulators/values";
import type { Subject, World } from "../subject";
import { container } from "./docker-container";
import { image, network, remoteImage, volume } from "./docker-other";

/** The docker plugin, on the Docker of `BERTH_DOCKER_HOST`: everything there has a name of this run. */
export const docker: Subject = {
  plugin: "docker",
  configs: {
    nothing: {},
    "another host": { host: "tcp://127.0.0.1:2" },
    "a registry": {
      registryAuth: JSON.stringify([{ address: "ghcr.io", username: "berth", password: "hush" }]),
    },
    "a key that there is none of": { moon: 1 },
    "a certificate without its key": { host: "tcp://127.0.0.1:1", certMaterial: "x" },
  },
  cases: {
    "docker:index/container:Container": container,
    "docker:index/volume:Volume": volume,
    "docker:index/network:Network": network,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/image:Image": image,
  },
  volatile: [],
  unordered: ["ipamConfigs", "networkDatas"],
  begin,
};

async function begin(): Promise<World> {
  const host = process.env.BERTH_DOCKER_HOST;
  if (host === undefined)
    throw new Error("BERTH_DOCKER_HOST is not set; test/rig/dockerd.sh up prints it");
  const engine = new Engine({ host });
  const run = `transcript-${process.pid}`;
  const named: Record<string, string> = { run };
  const drop = async (path: string): Promise<void> => {
    await engine.call("DELETE", path).catch(() => undefined);
  };

  const folder = mkdtempSync(join(tmpdir(), "transcript-"));
  named.folder = folder;
  tinyContext(folder);
  for (const [name, number] of [
    ["image", 1],
    ["other image", 2],
  ] as const) {
    const buildArgs = encodeURIComponent(JSON.stringify({ WORD: String(number) }));
    const { entries } = readContext(folder, join(folder, "Dockerfile"));
    await engine.progress("POST", `/build?t=${run}:${number}&rm=1&buildargs=${buildArgs}`, {
      tar: tar(entries),
    });
    named[name] = (await engine.call<{ Id: string }>("GET", `/images/${run}:${number}/json`)).Id;
  }
  const tagged = (): Promise<unknown> =>
    engine.call("POST", `/images/${run}:2/tag?repo=${run}&tag=3`);
  await tagged();
  const network = (name: string, subnet: string): Promise<{ Id: string }> =>
    engine.call("POST", "/networks/create", {
      body: { Name: name, CheckDuplicate: true, IPAM: { Config: [{ Subnet: subnet }] } },
    });
  named.network = (await network(run, "10.77.5.0/24")).Id;
  named["second network"] = (await network(`${run}-second`, "10.77.6.0/24")).Id;
  const volumes = (): Promise<unknown[]> =>
    Promise.all(
      [run, `${run}-there`].map((Name) =>
        engine.call("POST", "/volumes/create", { body: { Name } }),
      ),
    );
  await volumes();
  const { Id: other } = await engine.call<{ Id: string }>(
    "POST",
    `/containers/create?name=${run}-other`,
    {
      body: { Image: named.image, Volumes: { "/data": {} } },
    },
  );
  named.other = other;
  named["other's short id"] = other.slice(0, 12);
  await engine.call("POST", `/containers/${other}/start`);
  const bridge = await engine.call<{ Options: Record<string, string> }>("GET", "/networks/bridge");
  named.bridge = bridge.Options["com.docker.network.bridge.name"] ?? "";
  const info = await engine.call<{ Name: string; DockerRootDir: string }>("GET", "/info");
  named["host's name"] = info.Name;
  named["docker's folder"] = info.DockerRootDir;
  for (const name of ["image", "other image"])
    named[`${name}'s short id`] = (named[name] ?? "").slice("sha256:".length).slice(0, 12);
  const version = await engine.call<{ Version: string; ApiVersion: string }>("GET", "/version");

  const containers = async (): Promise<readonly { Id: string; Names: string[] }[]> =>
    engine.call("GET", `/containers/json?all=true&filters=${ofRun(run)}`);
  return {
    config: { host },
    named,
    about: { docker: version.Version, api: version.ApiVersion },
    async byHand(act, body) {
      const [method = "", path = ""] = act.split(" ");
      await engine.call(method, path, body === undefined ? {} : { body });
    },
    async clean() {
      for (const { Id } of await containers())
        if (Id !== other) await drop(`/containers/${Id}?force=true&v=true`);
      for (const own of ["own", "renamed"]) {
        await engine
          .call("POST", `/networks/${run}-${own}/disconnect`, { body: { Container: other } })
          .catch(() => undefined);
        await drop(`/networks/${run}-${own}`);
        await drop(`/volumes/${run}-${own}`);
      }
      await tagged();
      await volumes();
    },
    async end() {
      for (const { Id } of await containers()) await drop(`/containers/${Id}?force=true&v=true`);
      for (const name of [run, `${run}-second`]) await drop(`/networks/${name}`);
      for (const name of [run, `${run}-there`]) await drop(`/volumes/${name}`);
      const tags = ["1", "2", "3", "built", "again"].map((tag) => `${run}:${tag}`);
      for (const image of [...tags, `127.0.0.1:1/${run}:built`])
        await drop(`/images/${image}?force=true`);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Also those whose name the plugin made up, which are called after the resource. */
function ofRun(run: string): string {
  const filters: Properties = { name: [run, "transcript-thing"] };
  return encodeURIComponent(JSON.stringify(filters));
}
