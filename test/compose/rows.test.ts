import * as assert from "node:assert/strict";
import * as rows from "../../components/compose/schema/schema";
import { serviceRows } from "../../components/compose/schema/service";
import type { Row } from "../../components/compose/schema/types";

/** The keys of https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json. */
const specified: Readonly<Record<string, string>> = {
  file: "configs include models name networks secrets services version volumes",
  network:
    "attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name",
  volume: "driver driver_opts external labels name",
  secret: "driver driver_opts environment external file labels name template_driver",
  config: "content environment external file labels name template_driver",
  service: `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command
    configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
    cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices
    dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links
    extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links
    logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode
    networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop
    privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale
    secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs
    tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir`,
};

const ours: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  file: rows.fileRows,
  network: rows.networkRows,
  volume: rows.volumeRows,
  secret: rows.secretRows,
  config: rows.configRows,
  service: serviceRows,
};

describe("the rows of Compose keys", () => {
  for (const [what, keys] of Object.entries(specified)) {
    it(`are those that the specification has for a ${what}`, () => {
      assert.deepEqual(Object.keys(ours[what]!).sort(), keys.split(/\s+/));
    });

    it(`have every part: of a ${what}`, () => {
      for (const [key, { type, merge, secret, path }] of Object.entries(ours[what]!)) {
        assert.equal(typeof type.check, "function", `${key}: type`);
        assert.equal(typeof type.convert, "function", `${key}: type`);
        for (const part of [merge.join, merge.unique])
          assert.ok(part === undefined || typeof part === "function", `${key}: merge`);
        assert.equal(typeof secret, "boolean", `${key}: secret`);
        assert.ok(path === "none" || typeof path === "function", `${key}: path`);
      }
    });
  }
});
