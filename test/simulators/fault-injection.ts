/** One operation that a simulator carried out, in order. */
export interface Step {
  readonly order: number;
  readonly at: Date;
  readonly op: "configure" | "create" | "read" | "update" | "delete" | "invoke";
  readonly type: string;
  /** The resource's name in the program; empty for functions and configuration. */
  readonly name: string;
  readonly id: string;
  /** How it ended. */
  ended?: "done" | "failed";
}

/** A failure that a test asks for. */
interface Fault {
  readonly type: string;
  readonly op: Step["op"];
  readonly message: string;
  /** Whether the operation takes place first. */
  readonly late: boolean;
}

/** What tests see of a simulator's work, and where they make it fail. */
export class FaultInjection {
  /** Every operation, in the order in which they began. */
  readonly steps: Step[] = [];
  private readonly faults: Fault[] = [];
  private readonly delays = new Map<string, number>();

  /**
   * Makes the next operation of this kind fail. Several faults of one type come in their order.
   *
   * @param options `op`: default `create`. `late`: it takes place, and then fails: the answer of the
   * cloud got lost.
   */
  failNext(type: string, message: string, options: { op?: Step["op"]; late?: boolean } = {}): void {
    this.faults.push({ type, message, op: options.op ?? "create", late: options.late ?? false });
  }

  /** Makes every operation on a type take this many milliseconds longer. */
  delay(type: string, milliseconds: number): void {
    this.delays.set(type, milliseconds);
  }

  /** Steps of one kind: `stage.of("create")`, `stage.of("delete", type)`. */
  of(op: Step["op"], type?: string): Step[] {
    return this.steps.filter(
      (step) => step.op === op && (type === undefined || step.type === type),
    );
  }

  /** Runs one operation, with its faults and delays, and writes it down. */
  async run<T>(op: Step["op"], type: string, name: string, id: string, act: () => T): Promise<T> {
    const step: Step = { order: this.steps.length, at: new Date(), op, type, name, id };
    this.steps.push(step);
    try {
      const fault = this.take(op, type);
      if (fault?.late === false) throw new Error(fault.message);
      const wait = this.delays.get(type) ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const result = await act();
      if (fault !== undefined) throw new Error(fault.message);
      step.ended = "done";
      return result;
    } catch (error) {
      step.ended = "failed";
      throw error;
    }
  }

  private take(op: Step["op"], type: string): Fault | undefined {
    const at = this.faults.findIndex((fault) => fault.op === op && fault.type === type);
    return at < 0 ? undefined : this.faults.splice(at, 1)[0];
  }
}
