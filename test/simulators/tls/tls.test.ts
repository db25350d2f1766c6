import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tlsModule from "node:tls";
import { tls } from ".";
import { Client } from "../client";
import { serve, type ServedProvider } from "../server";
import type { Properties } from "../values";

const types = {
  key: "tls:index/privateKey:PrivateKey",
  self: "tls:index/selfSignedCert:SelfSignedCert",
  request: "tls:index/certRequest:CertRequest",
  signed: "tls:index/locallySignedCert:LocallySignedCert",
};

describe("the simulated tls provider", () => {
  let served: ServedProvider;
  let client: Client;
  let later = 0;

  before(async () => {
    served = await serve(tls(() => new Date(Date.now() + later * 3_600_000)));
    client = new Client(served.port);
    await client.configure({});
  });
  after(async () => {
    client.close();
    await served.close();
  });

  const key = async (inputs: Properties = { algorithm: "ECDSA", ecdsaCurve: "P256" }) =>
    (await client.create(types.key, inputs)).outputs;

  async function authority(): Promise<{ pem: string; key: string }> {
    const { privateKeyPem } = await key();
    const { outputs } = await client.create(types.self, {
      privateKeyPem,
      subject: { commonName: "Test CA", organization: "Berth" },
      isCaCertificate: true,
      validityPeriodHours: 87600,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    });
    return { pem: String(outputs.certPem), key: String(privateKeyPem) };
  }

  async function leaf(
    ca: { pem: string; key: string },
    uses: string[],
    names: Properties = {},
  ): Promise<{ pem: string; key: string; outputs: Properties; inputs: Properties }> {
    const { privateKeyPem } = await key();
    const asked = await client.create(types.request, {
      privateKeyPem,
      subject: { commonName: "leaf" },
      ...names,
    });
    const inputs = {
      certRequestPem: asked.outputs.certRequestPem,
      caCertPem: ca.pem,
      caPrivateKeyPem: ca.key,
      validityPeriodHours: 8760,
      earlyRenewalHours: 1440,
      allowedUses: uses,
    };
    const { outputs } = await client.create(types.signed, inputs);
    return { pem: String(outputs.certPem), key: String(privateKeyPem), outputs, inputs };
  }

  for (const inputs of [
    { algorithm: "RSA", rsaBits: 2048 },
    { algorithm: "ECDSA" },
    { algorithm: "ECDSA", ecdsaCurve: "P384" },
    { algorithm: "ED25519" },
  ])
    it(`makes a key that Node reads: ${JSON.stringify(inputs)}`, async () => {
      const made = await key(inputs);
      const own = createPublicKey(createPrivateKey(String(made.privateKeyPem)));
      assert.ok(own.equals(createPublicKey(String(made.publicKeyPem))));
      assert.ok(createPrivateKey(String(made.privateKeyPemPkcs8)).type === "private");
    });

  it("makes a certificate chain that openssl verifies for its name and address", async () => {
    const ca = await authority();
    const server = await leaf(ca, ["server_auth", "digital_signature"], {
      dnsNames: ["vm.example.com"],
      ipAddresses: ["203.0.113.10", "2001:db8::10"],
    });
    const folder = mkdtempSync(join(tmpdir(), "berth-tls-"));
    writeFileSync(join(folder, "ca.pem"), ca.pem);
    writeFileSync(join(folder, "leaf.pem"), server.pem);
    for (const check of [
      ["-verify_ip", "203.0.113.10"],
      ["-verify_ip", "2001:db8::10"],
      ["-verify_hostname", "vm.example.com"],
    ]) {
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", ...check];
      const said = execFileSync("openssl", [
        ...args,
        "-CAfile",
        join(folder, "ca.pem"),
        join(folder, "leaf.pem"),
      ]);
      assert.match(said.toString(), /: OK/);
    }
    assert.throws(() =>
      execFileSync(
        "openssl",
        ["verify", "-purpose", "sslclient", "-CAfile", join(folder, "ca.pem")].concat(
          join(folder, "leaf.pem"),
        ),
        { stdio: "pipe" },
      ),
    );
  });

  it("serves mutual TLS with what it made, and to no other authority's client", async () => {
    const ca = await authority();
    const server = await leaf(ca, ["server_auth"], { ipAddresses: ["127.0.0.1"] });
    const mine = await leaf(ca, ["client_auth"]);
    const others = await leaf(await authority(), ["client_auth"]);
    const listener = tlsModule.createServer(
      { ca: ca.pem, cert: server.pem, key: server.key, requestCert: true },
      (socket) => socket.end("hello"),
    );
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as { port: number };
    const greet = (cert: string, own: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, ca: ca.pem, cert, key: own };
        const socket = tlsModule.connect(options);
        let text = "";
        socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
        socket.on("end", () => {
          resolve(text);
        });
        socket.on("error", reject);
      });
    try {
      assert.equal(await greet(mine.pem, mine.key), "hello");
      const refused = await greet(others.pem, others.key).catch(() => "refused");
      assert.notEqual(refused, "hello");
    } finally {
      listener.close();
    }
  });

  it("refuses a key that is not the authority's", async () => {
    const ca = await authority();
    const other = await authority();
    await assert.rejects(leaf({ pem: ca.pem, key: other.key }, ["client_auth"]), {
      message: "caPrivateKeyPem: it is not the key of caCertPem",
    });
  });

  it("lasts as long as it is asked to", async () => {
    const made = new X509Certificate((await authority()).pem);
    const hours = (Date.parse(made.validTo) - Date.parse(made.validFrom)) / 3_600_000;
    assert.equal(hours, 87600);
  });

  it("replaces a certificate that is due, at the next up, with no change of inputs", async () => {
    const { inputs, outputs } = await leaf(await authority(), ["client_auth"]);
    assert.deepEqual((await client.diff(types.signed, inputs, inputs, outputs)).replaces, []);
    later = 8760 - 1439;
    try {
      const due = await client.diff(types.signed, inputs, inputs, outputs);
      assert.deepEqual(due.replaces, ["readyForRenewal"]);
    } finally {
      later = 0;
    }
  });

  it("changes earlyRenewalHours in place, everything else by replacement", async () => {
    const { inputs, outputs } = await leaf(await authority(), ["client_auth"]);
    const early = { ...inputs, earlyRenewalHours: 24 };
    assert.deepEqual(await client.diff(types.signed, inputs, early, outputs), {
      changed: ["earlyRenewalHours"],
      replaces: [],
      deleteBeforeReplace: false,
    });
    const longer = { ...inputs, validityPeriodHours: 10_000 };
    const found = await client.diff(types.signed, inputs, longer, outputs);
    assert.deepEqual(found.replaces, ["validityPeriodHours"]);
  });

  it("keeps the private key of an input secret", async () => {
    const { privateKeyPem } = await key();
    const { secrets } = await client.create(types.request, { privateKeyPem });
    assert.deepEqual(secrets, [["privateKeyPem"]]);
  });

  it("names a use that does not exist", async () => {
    const { privateKeyPem } = await key();
    const { failures } = await client.check(types.self, {
      privateKeyPem,
      validityPeriodHours: 1,
      allowedUses: ["server"],
    });
    assert.match(
      failures.join(),
      /^allowedUses\[0\]: expected one of digital_signature, .*"server"$/,
    );
  });
});
