import type { Engine } from "../../databases/engine";
import type { ManagedEngine } from "../../model/catalog";
import type { EngineName } from "../../model/engine-name";
import type { DatabaseSetting } from "../../settings/settings";
import type { Context } from "../context";
import type { Service } from "../plan";

interface Candidate {
  readonly engine: EngineName;
  readonly managedEngine: ManagedEngine | undefined;
  /** Extensions that its image brings and a managed server lacks. */
  readonly missing: readonly string[];
  /** Variables of a user that a managed server requires and the Compose file lacks. */
  readonly lacking: Engine["requiredUser"];
}

/** Whether a database is a container, managed by the cloud, or elsewhere already. */
export function decide(
  context: Context,
  service: Service,
  setting: DatabaseSetting,
  { engine, managedEngine, missing, lacking }: Candidate,
): "container" | "managed" | "url" {
  const { settings, notices } = context;
  const key = `berth:databases.${service.name}`;
  if (setting.mode === "url" || setting.url !== undefined) return "url";
  if (setting.mode === "container") return "container";
  if (setting.mode === "managed") {
    if (managedEngine !== undefined && missing.length === 0) return "managed";
    if (managedEngine !== undefined) {
      context.problems.push({
        key,
        message: `a managed ${engine} on ${settings.cloud} lacks what the image brings (${missing.join(", ")}); set it to container, or name another image in berth:images.${service.name}`,
      });
      return "container";
    }
    const offered = Object.keys(context.catalog.engines).join(", ");
    context.problems.push({
      key,
      message: `${settings.cloud} has no managed ${engine}; set it to container${offered === "" ? ", or give the url of one" : ` (managed here: ${offered})`}`,
    });
    return "container";
  }
  if (settings.cloud === "local") return "container";
  if (managedEngine !== undefined && missing.length > 0) {
    if (settings.shape === "cluster")
      notices.info(
        service.name,
        "image",
        `runs in a container with a volume: a managed ${engine} on ${settings.cloud} lacks what the image brings (${missing.join(", ")})`,
      );
    return "container";
  }
  if (settings.shape === "vm")
    return managedEngine !== undefined && managedOnly(setting).length > 0 ? "managed" : "container";
  if (managedEngine === undefined) {
    notices.info(
      service.name,
      "image",
      `${settings.cloud} has no managed ${engine}: it runs in a container with a volume`,
    );
    return "container";
  }
  // As beside a machine: `version` is how an image of another major asks.
  if (managedOnly(setting).length > 0) return "managed";
  if (managedEngine.onlyWhenAsked !== undefined) {
    notices.info(
      service.name,
      "image",
      `runs in a container with a volume: ${managedEngine.onlyWhenAsked}; set ${key}: managed to use it anyway`,
    );
    return "container";
  }
  if (managedEngine.imposesPassword === true) {
    notices.info(
      service.name,
      "image",
      `runs in a container with a volume: ${settings.cloud} imposes a password that the application was never given; set ${key}: managed to use it anyway`,
    );
    return "container";
  }
  if (lacking !== null) {
    notices.info(
      service.name,
      "environment",
      `runs in a container with a volume: a managed ${engine} asks for a user, and the application was given none; set ${lacking.user} and ${lacking.password}, and use them in its URL, to have it managed`,
    );
    return "container";
  }
  return "managed";
}

/** Whether the config states what only a managed database has: on a machine that asks for one. */
export function managedOnly(setting: DatabaseSetting): string[] {
  const { size, storage, highAvailability, version, restoreFrom } = setting;
  return Object.entries({ size, storage, highAvailability, version, restoreFrom })
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key]) => key);
}
