import { random } from "../simulators/random";
import { holdAgainst } from "./hold";
import { random as subject } from "./inputs/random";

describe("the simulated random provider, held against the plugin", () => {
  holdAgainst(subject, () => random);
});
