import { tls } from "../simulators/tls";
import { holdAgainst } from "./hold";
import { tls as subject } from "./inputs/tls";

describe("the simulated tls provider, held against the plugin", () => {
  holdAgainst(subject, () => tls());
});
