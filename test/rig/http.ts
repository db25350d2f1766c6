import { request as plain, type Agent } from "node:http";
import { request as secure } from "node:https";

/** What a server answered; status 0, and why, where it did not. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request, to an address that the host's name does not say. */
export interface Question {
  /** Default: 127.0.0.1. */
  readonly address?: string;
  /** Default: 80. */
  readonly port?: number;
  /** The `Host` header. */
  readonly host: string;
  /** Default: `/`. */
  readonly path?: string;
  /** Sent as JSON, by POST. */
  readonly json?: object;
  /** Over TLS, without a look at the certificate. */
  readonly tls?: boolean;
  readonly agent?: Agent | undefined;
  /** Seconds without a byte until it is given up. Default: 60. */
  readonly patience?: number;
}

/** Asks once; never rejects. */
export function ask(question: Question): Promise<Answer> {
  const { address = "127.0.0.1", port = 80, host, path = "/", json, agent } = question;
  const { tls = false, patience = 60 } = question;
  return new Promise((done) => {
    const failed = ({ message }: Error): void => {
      done({ status: 0, body: message });
    };
    const options = {
      host: address,
      port,
      path,
      method: json === undefined ? "GET" : "POST",
      headers: { host, ...(json === undefined ? {} : { "content-type": "application/json" }) },
      timeout: patience * 1000,
    };
    const sent = tls
      ? secure({ ...options, servername: host, rejectUnauthorized: false, agent: false })
      : plain({ ...options, agent });
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("error", failed).on("end", () => {
        done({ status: response.statusCode ?? 0, body });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${patience} s`)));
    sent.on("error", failed);
    sent.end(json === undefined ? undefined : JSON.stringify(json));
  });
}
