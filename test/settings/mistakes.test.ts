import assert from "node:assert/strict";
import { local, project } from "./stack";

/** Lines below `berth:cloud: local` (so the first is line 3), and what is told of them. */
const mistakes: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "an unknown key",
    ["berth:domian: example.com"],
    ['Pulumi.qa.yaml:3:3: berth:domian: unknown key; did you mean "berth:domain"?'],
  ],
  [
    "an unknown key in a mapping",
    ["berth:nodes: { min: 2, mx: 3 }"],
    ['Pulumi.qa.yaml:3:26: berth:nodes.mx: unknown key; did you mean "max"?'],
  ],
  [
    "an unknown key that is like no other",
    ["berth:updates: { never: true }"],
    ["Pulumi.qa.yaml:3:20: berth:updates.never: unknown key; the keys here are reboot"],
  ],
  [
    "a namespace that is a slip",
    ["bert:machine: small"],
    ['Pulumi.qa.yaml:3:3: bert:machine: unknown namespace; did you mean "berth:machine"?'],
  ],
  [
    "a name that is none of the allowed",
    ["berth:location: eurpoe"],
    [
      'Pulumi.qa.yaml:3:3: berth:location: "eurpoe" is not one of europe, us-east, us-west, asia; did you mean "europe"?',
    ],
  ],
  [
    "a name that is like none of the allowed",
    ["berth:shape: swarm"],
    ['Pulumi.qa.yaml:3:3: berth:shape: "swarm" is not one of vm, cluster; choose one of these'],
  ],
  [
    "a unit where a number stands",
    ["berth:disk: 40GB"],
    [
      'Pulumi.qa.yaml:3:3: berth:disk: "40GB" is not a whole number; give a whole number of GiB from 1 to 16384',
    ],
  ],
  [
    "a number out of range",
    ["berth:timeouts:", "  web: 0"],
    [
      "Pulumi.qa.yaml:4:5: berth:timeouts.web: 0 is out of range; give a whole number of seconds from 1 to 86400",
    ],
  ],
  [
    "a switch that is a word",
    ["berth:protect: maybe"],
    ['Pulumi.qa.yaml:3:3: berth:protect: "maybe" is neither true nor false; write one of these'],
  ],
  [
    "a list where a mapping stands",
    ["berth:variables:", "  - DEBUG=1"],
    ["Pulumi.qa.yaml:3:3: berth:variables: must be a mapping of variable to a value, not a list"],
  ],
  [
    "a variable without a value",
    ["berth:variables: { DEBUG: }"],
    ['Pulumi.qa.yaml:3:22: berth:variables.DEBUG: must be a value; write "" for an empty one'],
  ],
  [
    "a key without a value",
    ["berth:domain:"],
    ["Pulumi.qa.yaml:3:3: berth:domain: has no value; give one, or remove the key"],
  ],
  [
    "an address without its prefix length",
    ["berth:operators: [203.0.113.7]"],
    [
      'Pulumi.qa.yaml:3:21: berth:operators[0]: "203.0.113.7" has no prefix length; write "203.0.113.7/32"',
    ],
  ],
  [
    "an administrator without its kind",
    ["berth:admins: [ada@acme.example]"],
    [
      'Pulumi.qa.yaml:3:18: berth:admins[0]: "ada@acme.example" is not an administrator; write "user:ada@acme.example"',
    ],
  ],
  [
    "a session where the role stands",
    ["berth:admins: arn:aws:sts::210987654321:assumed-role/ship/run-7"],
    [
      'Pulumi.qa.yaml:3:3: berth:admins: "arn:aws:sts::210987654321:assumed-role/ship/run-7" is not an administrator; write "arn:aws:iam::210987654321:role/ship"',
    ],
  ],
  [
    "administrators that are nobody",
    ["berth:admins: [ops, allUsers, 'arn:aws:iam::210987654321:root']"],
    [
      ["Pulumi.qa.yaml:3:18", "[0]", "ops"],
      ["Pulumi.qa.yaml:3:23", "[1]", "allUsers"],
      ["Pulumi.qa.yaml:3:33", "[2]", "arn:aws:iam::210987654321:root"],
    ].map(
      ([at, index, one]) =>
        `${at}: berth:admins${index}: "${one}" is not an administrator; write the ARN of an IAM role or user (arn:aws:iam::123456789012:role/deploy) or a Google member (user:ada@example.com, group:…, serviceAccount:… or principal://…)`,
    ),
  ],
  [
    "a single operator that is not an address",
    ["berth:operators: anywere"],
    [
      'Pulumi.qa.yaml:3:3: berth:operators: "anywere" is not a CIDR block; write an address range such as 203.0.113.0/24',
    ],
  ],
  [
    "what is no address",
    ["berth:operators:", "  - 203.0.113.0/24", "  - office"],
    [
      'Pulumi.qa.yaml:5:7: berth:operators[1]: "office" is not a CIDR block; write an address range such as 203.0.113.0/24',
    ],
  ],
  [
    "a URL where a domain stands",
    ["berth:domain: https://example.com/"],
    [
      'Pulumi.qa.yaml:3:3: berth:domain: "https://example.com/" is a URL; write the name alone: "example.com"',
    ],
  ],
  [
    "a route without a host",
    ["berth:routes:", "  /api: web:8000"],
    [
      'Pulumi.qa.yaml:4:5: berth:routes["/api"]: has no host; write host/path, such as app.example.com/api',
    ],
  ],
  [
    "a route to a port that is none",
    ["berth:routes:", "  app.example.com: web:80000"],
    [
      'Pulumi.qa.yaml:4:5: berth:routes["app.example.com"]: "80000" is not a port; give a number from 1 to 65535',
    ],
  ],
  [
    "a route to nowhere",
    ["berth:routes:", "  app.example.com: { sticky: true }"],
    [
      'Pulumi.qa.yaml:4:5: berth:routes["app.example.com"]: to is missing; give service or service:port, or a redirect',
    ],
  ],
  [
    "ranges of open ports",
    ["berth:openPorts:", "  400-500: web", "  9-7: web", "  1-2-3: web", "  2000-4000/udp: web"],
    [
      "Pulumi.qa.yaml:4:5: berth:openPorts.400-500: 443 is the edge's own; give the service a route instead",
      'Pulumi.qa.yaml:5:5: berth:openPorts.9-7: "9-7" ends before it starts; write the lower port first',
      'Pulumi.qa.yaml:6:5: berth:openPorts.1-2-3: "1-2-3" is not a range; write it as 50000-50100',
      'Pulumi.qa.yaml:7:5: berth:openPorts["2000-4000/udp"]: "2000-4000" is more than 500 ports; open fewer',
    ],
  ],
  [
    "ranges of open ports that do not fit together",
    ["berth:openPorts:", "  7000-7002: web:8000-8001", "  7100-7102: web", "  7102/tcp: web"],
    [
      "Pulumi.qa.yaml:4:5: berth:openPorts.7000-7002: 8000-8001 has 2 ports and 7000-7002 has 3; name as many, or the service alone",
      'Pulumi.qa.yaml:6:5: berth:openPorts["7102/tcp"]: 7102 is in another key too; open it once',
    ],
  ],
  [
    "an open port that is the edge's",
    ["berth:openPorts:", "  443: web"],
    [
      "Pulumi.qa.yaml:4:5: berth:openPorts.443: 443 is the edge's own; give the service a route instead",
    ],
  ],
  [
    "an open port of an unknown protocol",
    ["berth:openPorts:", "  53/upd: dns"],
    [
      'Pulumi.qa.yaml:4:5: berth:openPorts["53/upd"]: "53/upd" is not a port; write port or port/udp, such as 53/udp',
    ],
  ],
  [
    "a cron field out of range",
    ["berth:backups: { schedule: 0 25 * * * }"],
    [
      'Pulumi.qa.yaml:3:20: berth:backups.schedule: "25" is not a cron hour; give 0 to 23, a range, a list, */n or *',
    ],
  ],
  [
    "a schedule that is none",
    ["berth:backups: { schedule: nightly }"],
    [
      'Pulumi.qa.yaml:3:20: berth:backups.schedule: "nightly" is not a schedule; write hourly, daily, weekly, or five cron fields such as "0 3 * * *"',
    ],
  ],
  [
    "a weekly time that is none",
    ["berth:updates: { reboot: Sunday 4am }"],
    [
      'Pulumi.qa.yaml:3:20: berth:updates.reboot: "Sunday 4am" is not a weekly time; write a day and an hour such as "Sun 04:00"',
    ],
  ],
  [
    "an email address that is none",
    ["berth:monitoring: { alerts: ops }"],
    [
      'Pulumi.qa.yaml:3:23: berth:monitoring.alerts: "ops" is not an email address; write one such as ops@example.com',
    ],
  ],
  [
    "a minimum above the maximum",
    ["berth:scale: { web: { min: 4, max: 2 } }", "berth:nodes: { min: 3, max: 2 }"],
    [
      "Pulumi.qa.yaml:3:18: berth:scale.web: min is 4 and max is 2; max must be at least min",
      "Pulumi.qa.yaml:4:3: berth:nodes: min is 3 and max is 2; max must be at least min",
    ],
  ],
  [
    "an autoscaler that starts at nothing, without a queue",
    ["berth:scale: { web: { min: 0, max: 2 } }"],
    [
      "Pulumi.qa.yaml:3:18: berth:scale.web: min is 0 without a queue to wake it; give a queue, or min 1",
    ],
  ],
  [
    "one port for http and https",
    ["berth:listen: { http: 8443 }"],
    ["Pulumi.qa.yaml:3:3: berth:listen: http and https are both 8443; give each its own port"],
  ],
  [
    "a zone without its cloud, on local",
    ["berth:dns: { zone: example.com }"],
    [
      "Pulumi.qa.yaml:3:3: berth:dns: cloud is missing; name the cloud that has the zone: aws, gcp, digitalocean or hetzner",
    ],
  ],
  [
    "a secret that is neither given nor generated",
    ["berth:secrets: { token: { generate: false } }"],
    [
      "Pulumi.qa.yaml:3:20: berth:secrets.token: generate is false; write { generate: true }, or give the secret",
    ],
  ],
  [
    "variables of a DNS provider that is not named",
    ["berth:tls: { dnsVariables: { TOKEN: x } }"],
    [
      "Pulumi.qa.yaml:3:16: berth:tls.dnsVariables: is given without dnsProvider; name the provider",
    ],
  ],
  [
    "an autoscaler without its bounds",
    ["berth:scale: { web: { cpu: 70 } }"],
    [
      "Pulumi.qa.yaml:3:18: berth:scale.web: min is missing; give a whole number of replicas from 0 to 1000",
      "Pulumi.qa.yaml:3:18: berth:scale.web: max is missing; give a whole number of replicas from 1 to 1000",
    ],
  ],
  [
    "a database that is neither",
    ["berth:databases: { db: mananged }"],
    [
      'Pulumi.qa.yaml:3:22: berth:databases.db: "mananged" is not one of container, managed; did you mean "managed"?',
    ],
  ],
  [
    "an option of a database that exists already",
    ["berth:databases:", "  db: { url: 'postgres://u:p@h/d', storage: 20 }"],
    [
      "Pulumi.qa.yaml:4:38: berth:databases.db.storage: is for a database that is made; remove it, or url",
    ],
  ],
  [
    "a database's URL that is none, and an authority that is not there",
    [
      "berth:databases:",
      "  db: { url: 'postgres://u:p@h:port/d' }",
      "  other: { url: 'postgres://u:p@h/d?sslrootcert=absent.pem' }",
    ],
    [
      "Pulumi.qa.yaml:4:11: berth:databases.db.url: is not a URL; percent-encode signs in its user and password, as %40 for @",
      'Pulumi.qa.yaml:5:14: berth:databases.other.url: "absent.pem" cannot be read; correct the path',
    ],
  ],
  [
    "users that are none, and what cannot be asked",
    [
      "berth:routes:",
      "  a.example: { to: web, auth: hunter22 }",
      "  b.example: { to: web, auth: 'eva:hunter,22' }",
      "  c.example: { to: web, auth: { secure: hunter22 } }",
      '  d.example: { to: web, auth: "eva:$apr1$a$b,ivo:$apr1$c$d\\nada:one" }',
      "  e.example: { to: web, forwardAuth: 'ftp://gate/' }",
    ],
    [
      'Pulumi.qa.yaml:4:27: berth:routes["a.example"].auth: names no user and password; write user:password, or user:hash as `htpasswd -nB user` prints it',
      'Pulumi.qa.yaml:5:27: berth:routes["b.example"].auth: a comma does not separate users, and a password with one has to be a hash; write one user a line: user:password, or user:hash as `htpasswd -nB user` prints it',
      'Pulumi.qa.yaml:6:27: berth:routes["c.example"].auth: names no user and password; write user:password, or user:hash as `htpasswd -nB user` prints it',
      'Pulumi.qa.yaml:8:27: berth:routes["e.example"].forwardAuth: "ftp://gate/" is not a URL to ask; write one such as http://authelia:9091/api/authz/forward-auth',
    ],
  ],
  [
    "a certificate without its key",
    ["berth:tls: { cert: -----BEGIN CERTIFICATE----- }"],
    ["Pulumi.qa.yaml:3:3: berth:tls: key is missing; give cert and key together"],
  ],
  [
    "an image that is none",
    ['berth:images: { web: "registry.example/web:" }'],
    [
      'Pulumi.qa.yaml:3:19: berth:images.web: "registry.example/web:" is not an image; write one such as registry.example/app:1.4',
    ],
  ],
  [
    "a registry without a login",
    ["berth:registry: { server: r.example, username: me }"],
    ["Pulumi.qa.yaml:3:3: berth:registry: password is missing; give a password"],
  ],
  [
    "a registry of the account with another login",
    ["berth:registry: { name: acme, username: me, password: hush }"],
    [
      "Pulumi.qa.yaml:3:3: berth:registry: name is a registry of the account, with a login of its own; remove it, or username, password",
    ],
  ],
  [
    "an acceptance without a reason",
    ["berth:accept: [web.devices]"],
    [
      'Pulumi.qa.yaml:3:18: berth:accept[0]: "web.devices" gives no reason; write "service.key: reason"',
    ],
  ],
  [
    "a site that was not built",
    ["berth:sites: { www: { path: dist } }"],
    [
      'Pulumi.qa.yaml:3:25: berth:sites.www.path: "dist" is not a folder; build the site first, or correct the path',
    ],
  ],
  [
    "a page that is not there",
    ["berth:maintenancePage: sorry.html"],
    ['Pulumi.qa.yaml:3:3: berth:maintenancePage: "sorry.html" cannot be read; correct the path'],
  ],
  [
    "a secret where it decides structure",
    ["berth:scale:", '  web: { secure: "3" }', "berth:domain: { secure: example.com }"],
    [
      "Pulumi.qa.yaml:5:3: berth:domain: this decides what is created and cannot be secret",
      "Pulumi.qa.yaml:4:5: berth:scale.web: this decides what is created and cannot be secret",
    ],
  ],
  [
    "a secret where a mapping stands, without showing it",
    ["berth:nodes: { secure: hunter22 }", "berth:variables: { secure: hunter22 }"],
    [
      "Pulumi.qa.yaml:4:3: berth:variables: this decides what is created and cannot be secret",
      "Pulumi.qa.yaml:3:3: berth:nodes: this decides what is created and cannot be secret",
    ],
  ],
  [
    "a baseline that is not there",
    ["berth:extends: agency.yaml"],
    ["Pulumi.qa.yaml:3:3: berth:extends: agency.yaml: no such file; check the path"],
  ],
];

describe("mistakes in a stack file", () => {
  for (const [title, lines, told] of mistakes)
    it(title, () => {
      assert.deepEqual(project(local(...lines)).told, told);
    });

  it("several are reported at once", () => {
    const { told } = project(
      "config:\n  berth:cloud: azure\n  berth:disk: big\n  berth:machne: small\n  berth:routes: 7\n",
    );
    assert.deepEqual(told, [
      'Pulumi.qa.yaml:4:3: berth:machne: unknown key; did you mean "berth:machine"?',
      'Pulumi.qa.yaml:2:3: berth:cloud: "azure" is not one of aws, gcp, digitalocean, hetzner, local; choose one of these',
      'Pulumi.qa.yaml:3:3: berth:disk: "big" is not a whole number; give a whole number of GiB from 1 to 16384',
      'Pulumi.qa.yaml:5:3: berth:routes: must be a mapping of host[/path] to service[:port], or a mapping with to, internal, allow, auth, forwardAuth, redirect, headers, sticky, maxBody or scheme, not "7"',
    ]);
  });

  it("what is required, by cloud and shape", () => {
    const operators =
      'berth:operators: is required on a cloud; list the CIDRs that you work from, such as ["203.0.113.7/32"], or write "anywhere"';
    assert.deepEqual(project("config:\n  berth:shape: vm\n").told, [
      "berth:cloud: is required; set it to aws, gcp, digitalocean, hetzner or local (local needs no account)",
    ]);
    assert.deepEqual(project("config:\n  berth:cloud: aws\n").told, [operators]);
    assert.deepEqual(project("config:\n  berth:cloud: gcp\n  berth:shape: cluster\n").told, [
      operators,
      "berth:domain: is required for a cluster on a cloud; give the base domain of its routes, such as example.com",
    ]);
  });

  it("a key in the project's own namespace", () => {
    const content = "config:\n  shop:cloud: local\n";
    assert.deepEqual(project(content, {}, { project: "shop" }).told, [
      'Pulumi.qa.yaml:2:3: shop:cloud: is in the namespace of the project; write "berth:cloud"',
      "berth:cloud: is required; set it to aws, gcp, digitalocean, hetzner or local (local needs no account)",
    ]);
  });

  it("baselines: in a circle, with a secret, not YAML; positions are the baseline's own", () => {
    const extended = (baseline: string): readonly string[] =>
      project(local("berth:extends: a.yaml"), { "a.yaml": baseline, "b.yaml": "extends: a.yaml\n" })
        .told;
    assert.deepEqual(extended("extends: b.yaml\n"), [
      "b.yaml:1:1: berth:extends: goes in a circle: a.yaml → b.yaml → a.yaml; remove one",
    ]);
    assert.deepEqual(extended("variables: { A: { secure: x } }\n"), [
      "a.yaml:1:14: berth:variables.A: an encrypted value can stand in the stack's own file only; move it there",
    ]);
    assert.deepEqual(extended("disk: 1\n  x: 2\n"), [
      "a.yaml:1:7: is not YAML: nested mappings are not allowed in compact mappings",
    ]);
    assert.deepEqual(extended("nodes: { min: many }\n"), [
      'a.yaml:1:10: berth:nodes.min: "many" is not a whole number; give a whole number of nodes from 1 to 1000',
    ]);
  });
});
