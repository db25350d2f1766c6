import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DockerEndpoint } from "../../clouds/cloud";
import { EngineApi, plainError, type Refusal } from "./engine-api";

/** How long a machine may take, in seconds. */
export interface WaitTimeouts {
  /** From its creation until Docker answers: cloud-init installs packages. Default: 900. */
  readonly start?: number;
  /** Without any answer, as behind a firewall that does not admit this computer. Default: 120. */
  readonly silence?: number;
}

/**
 * Waits, in `up` alone, until a machine's Docker answers: the provider asks it once and gives up.
 * A machine is there minutes before its Docker is.
 *
 * @throws Error of one line: Docker does not answer, or refuses the certificate.
 */
export function waitForDocker(endpoint: DockerEndpoint): pulumi.Output<unknown> {
  const { ready, host } = endpoint;
  if (ready === undefined || host === undefined || pulumi.runtime.isDryRun())
    return pulumi.output(undefined);
  return pulumi.all([ready, host]).apply(([, at]) => untilAnswering(endpoint, at));
}

/** @param at The endpoint's host, for messages. */
export async function untilAnswering(
  endpoint: DockerEndpoint,
  at: string,
  { start = 900, silence = 120 }: WaitTimeouts = {},
): Promise<void> {
  const engine = new EngineApi(endpoint);
  const begun = Date.now();
  let heard = begun;
  let told = false;
  for (;;) {
    const refusal = await engine.ping();
    if (refusal === undefined) return;
    const now = Date.now();
    const { code, message } = refusal;
    if (!silent.has(code)) heard = now;
    if (!silent.has(code) && !starting.has(code))
      throw plainError(await refused(endpoint, at, refusal));
    if (now - heard > silence * 1000) throw plainError(unheard(at, message));
    if (now - begun > start * 1000)
      throw plainError(
        `docker: ${at} did not come up within ${Math.round(start / 60)} minutes (${message}); the machine's console shows what cloud-init and Docker say`,
      );
    if (!told && now - begun > 10_000) {
      told = true;
      void pulumi.log.info(`waits for Docker at ${at}: a new machine takes a few minutes`);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/**
 * Why a machine that is up refuses this computer, and what to do: one line.
 *
 * @param at The endpoint's host.
 */
export async function reasonOf(
  endpoint: DockerEndpoint,
  at: string,
  refusal: Refusal,
): Promise<string> {
  const { code, message } = refusal;
  if (silent.has(code)) return unheard(at, message);
  if (starting.has(code))
    return `docker: ${at} answers, but its Docker does not (${message}); try again in a minute, or see on the machine's console what Docker says`;
  return refused(endpoint, at, refusal);
}

const unheard = (at: string, message: string): string =>
  `docker: ${at} does not answer (${message}); add this computer's address to operators, or see on the cloud's console whether the machine runs`;

/** The machine does not answer at all: it boots, is off, or a firewall drops packets from here. */
const silent = new Set(["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]);

/** The machine answers, but Docker does not run yet or restarts. */
const starting = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** Codes that OpenSSL gives a server's alert: ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE. */
const alert = /^ERR_SSL_.*?ALERT_(.+)$/;

/** Replaces the stack's client certificate and key, and changes nothing else but Docker's provider. */
const anew = "make another with pulumi up --replace '**-machine-client*'";

/** Extended key usage of who connects (RFC 5280, 4.2.1.12). */
const clientAuth = "1.3.6.1.5.5.7.3.2";

async function refused(
  { cert, ca }: DockerEndpoint,
  at: string,
  { code, message }: Refusal,
): Promise<string> {
  const whose = `docker: ${at} refuses this stack's client certificate`;
  const reason = alert.exec(code)?.[1]?.toLowerCase().replaceAll("_", " ");
  if (reason !== undefined) {
    const own = await certificateIn(cert);
    // Docker calls every certificate that it does not take a bad one.
    if (own === undefined)
      return `docker: ${at} requires a client certificate, and this stack's state has none; ${anew}`;
    const end = new Date(own.validTo);
    if (end < new Date())
      return `${whose}: it expired on ${end.toISOString().slice(0, 10)}; renew it with pulumi up --refresh`;
    const authority = await certificateIn(ca);
    if (authority !== undefined && !own.verify(authority.publicKey))
      return `${whose}: it is signed by an authority other than this stack's; ${anew}`;
    // Node's name for the extended key usage, which not every certificate has.
    const uses = own.keyUsage as readonly string[] | undefined;
    if (uses !== undefined && !uses.includes(clientAuth))
      return `${whose}: it is a server certificate; ${anew}`;
    return `${whose} (${reason}); the machine trusts another authority: replace the machine`;
  }
  if (code.startsWith("ERR_OSSL_"))
    return `docker: the client certificate and key for ${at} cannot be used (${message}); ${anew}`;
  if (/CERT|SIGNATURE|ISSUER|ERR_TLS/.test(code))
    return `docker: ${at} shows a certificate that is not this stack's (${message}); see which machine holds the address, and replace it if it is this stack's`;
  return `docker: ${at} does not speak Docker's API over TLS (${message}); see on the machine's console what listens there`;
}

/** The certificate in a text; undefined when it is not a certificate. */
function certificateIn(
  text: pulumi.Output<string> | undefined,
): Promise<X509Certificate | undefined> {
  return new Promise((done) => {
    if (text === undefined) done(undefined);
    else
      text.apply((pem) => {
        try {
          done(new X509Certificate(pem));
        } catch {
          done(undefined);
        }
      });
  });
}
