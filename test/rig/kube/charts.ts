import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** The stand-in charts, by the repository that the original is in. */
const repositories: Readonly<Record<string, string>> = {
  "charts.jetstack.io/": "cert-manager",
  "kedacore.github.io/charts/": "keda",
  "kubernetes-sigs.github.io/metrics-server/": "metrics-server",
};

/** The chart repositories of the internet, as far as the tests need them. */
export interface ChartRepositories {
  /** What leads a program that fetches charts to them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Serves stand-ins for the charts of what clusters lack, at the addresses of the originals: as a proxy, with a
 * certificate of its own that the program has to trust.
 *
 * @param folder For the packed charts, the certificate and Helm's own files.
 */
export async function serveCharts(folder: string): Promise<ChartRepositories> {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, Buffer>();
  for (const [repository, chart] of Object.entries(repositories))
    for (const [name, content] of pack(folder, chart)) files.set(`${repository}${name}`, content);
  const certificate = makeCertificate(folder);
  const origin = createServer(certificate, (request, response) => {
    const found = files.get(`${request.headers.host ?? ""}${request.url ?? ""}`);
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  const proxy = createProxy();
  const open = new Set<Socket>();
  proxy.on("connect", (request, socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
    const [host] = (request.url ?? "").split(":");
    if (!hosts.includes(host ?? "")) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    origin.emit("connection", socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      SSL_CERT_FILE: join(folder, "tls.crt"),
      HELM_CACHE_HOME: join(folder, "cache"),
      HELM_CONFIG_HOME: join(folder, "config"),
      HELM_DATA_HOME: join(folder, "data"),
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

const hosts = Object.keys(repositories).map((repository) => repository.split("/")[0]!);

/** A repository's files: the index, and the chart. */
function pack(folder: string, chart: string): [string, Buffer][] {
  const charts = join(__dirname, "charts");
  const about = parse(readFileSync(join(charts, chart, "Chart.yaml"), "utf8")) as {
    version: string;
  };
  const name = `${chart}-${about.version}.tgz`;
  execFileSync("tar", ["-czf", join(folder, name), "-C", charts, chart]);
  const index = { apiVersion: "v1", entries: { [chart]: [{ ...about, urls: [name] }] } };
  return [
    ["index.yaml", Buffer.from(stringify(index))],
    [name, readFileSync(join(folder, name))],
  ];
}

function makeCertificate(folder: string): Parameters<typeof createServer>[0] & object {
  const [key, cert] = ["tls.key", "tls.crt"].map((name) => join(folder, name)) as [string, string];
  const names = hosts.map((host) => `DNS:${host}`).join(",");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-subj", "/CN=berth-rig", "-addext", `subjectAltName=${names}`, "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], {
    stdio: "pipe",
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
