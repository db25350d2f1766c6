import { docker } from "../simulators/docker";
import { holdAgainst } from "./hold";
import { docker as subject } from "./inputs/docker";
import { readTranscript } from "./transcript";

const host = process.env.BERTH_DOCKER_HOST;

describe("the simulated docker provider, held against the plugin on a real Docker", function () {
  this.timeout(120_000);
  if (host === undefined) {
    it("is held against it", function () {
      console.log("      skipped: BERTH_DOCKER_HOST is not set; test/rig/dockerd.sh up prints it");
      this.skip();
    });
    return;
  }
  holdAgainst(
    subject,
    () => docker({ env: {}, host, patience: 1 }),
    (world) => {
      const { docker: recorded } = readTranscript("docker", Object.keys(subject.cases)[0]!);
      return world.about?.docker === recorded
        ? undefined
        : `the transcripts are of Docker ${String(recorded)}, and this is ${String(world.about?.docker)}`;
    },
  );
});
