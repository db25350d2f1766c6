import assert from "node:assert/strict";
import { count, total } from "./score";
import { objectsIn } from "./sources";
import { page, type Outcome, type Row } from "./table";

const check = (
  id: string,
  grade: number,
  comments: readonly unknown[] | null,
  skipped = false,
) => ({
  check: { id },
  grade,
  skipped,
  comments,
});

const scored = [
  {
    object_name: "Deployment/apps/v1/shop/web",
    checks: [
      check("container-resources", 1, [{}, {}, {}]),
      check("container-image-tag", 10, null),
      check("pod-networkpolicy", 1, null),
      check("pod-probes", 1, [{}], true),
    ],
  },
  { object_name: "Service/v1/shop/berth-edge", checks: [check("service-targets-pod", 1, [{}])] },
];

describe("the comparison with kompose", () => {
  it("counts what kube-score calls critical, finding by finding", () => {
    const all = count(scored);
    assert.deepEqual(
      [...all],
      [
        ["container-resources", 3],
        ["pod-networkpolicy", 1],
        ["service-targets-pod", 1],
      ],
    );
    assert.equal(total(all), 5);
    assert.equal(total(count(scored, new Set(["web"]))), 4);
  });

  it("reads objects of streams and of lists", () => {
    const text = "kind: A\n---\n---\nkind: List\nitems: [{ kind: B }, { kind: C }]\n";
    assert.deepEqual(
      objectsIn(text).map(({ kind }) => kind),
      ["A", "B", "C"],
    );
  });

  it("shows what was refused, what was not accepted, and findings a service", () => {
    const none: Outcome = { rejected: [], findings: new Map(), named: new Map() };
    const some = new Map([["container-resources", 6]]);
    const rows: Row[] = [
      {
        name: "one",
        services: 2,
        kompose: { ...none, findings: some, named: some, rejected: ["Service a: no | name"] },
        berth: none,
      },
      { name: "two", services: 4, kompose: { ...none, refused: "FATA\nno port" }, berth: none },
    ];
    const text = page(rows, "2026-11-21", "kompose 1");
    for (const line of [
      "| converted | 1 | 2 |",
      "| accepted | 0 | 2 |",
      "| critical findings a service | 3.0 | 0.0 |",
      "| container-resources | 6 | 0 |",
      "| one | 2 | 3.0; not accepted: Service a: no \\| name | 0.0 |",
      "| two | 4 | refused: FATA no port | 0.0 |",
    ])
      assert.ok(text.includes(`${line}\n`), line);
  });
});
