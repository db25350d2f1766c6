import assert from "node:assert/strict";
import fc from "fast-check";
import { display, hasReference, hasSecret, parts, refer } from "../components/model/reference";

const plain = fc.string().filter((text) => !/[\u0001\u0002]/.test(text));
const reference = fc
  .tuple(fc.constantFrom("config", "file", "generated", "database"), plain)
  .map(([kind, name]) => ({ kind: kind as "config", name }));

describe("references", () => {
  it("are found again in any text, in order", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            plain.filter((text) => text !== ""),
            reference,
          ),
        ),
        (pieces) => {
          const text = pieces
            .map((piece) => (typeof piece === "string" ? piece : refer(piece.kind, piece.name)))
            .join("");
          const found = parts(text);
          assert.deepEqual(
            found.filter((piece) => typeof piece !== "string"),
            pieces.filter((piece) => typeof piece !== "string"),
          );
          const strings = (list: readonly unknown[]): string =>
            list.filter((piece) => typeof piece === "string").join("");
          assert.equal(strings(found), strings(pieces));
          assert.equal(
            hasReference(text),
            found.some((piece) => typeof piece !== "string"),
          );
        },
      ),
    );
  });

  it("show no name and no value of a secret", () => {
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const text = `${before}${refer("config", "variables.PASSWORD")}${after}`;
        assert.equal(display(text), `${before}[secret]${after}`);
        assert.ok(hasSecret(text));
      }),
    );
  });

  it("to the cloud's address and a database's host are not secret", () => {
    assert.equal(hasSecret(refer("cloud", "address")), false);
    assert.equal(hasSecret(refer("database", "db.host")), false);
    assert.equal(hasSecret(refer("database", "db.password")), true);
  });
});
