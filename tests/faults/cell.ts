/** One cell of the fault suite: a fault in a mode, with one seed, and the judgement of its outcome. */
import { Dice } from "../delivery/scripted_faults.ts";
import type { Programs } from "./commands.ts";
import type { Fault } from "./faults.ts";
import type { Mode } from "./modes.ts";
import { Stage, type Tally } from "./stage.ts";

/** The outcome of a cell. */
export interface Outcome {
  readonly emitted: number;
  readonly delivered: number;
  readonly duplicates: number;
  readonly lost: number;
  /** Lost records that the account of the sender, or of the receiver, counts. */
  readonly counted: number;
  /** Lost records that neither counts. */
  readonly silent: number;
  /** The most records that the mode may lose uncounted: those that the side held which is gone. */
  readonly bound: number;
  /** Promises that were broken. */
  readonly problems: readonly string[];
}

/** An outcome of a cell in which something never came, or failed. */
const nothing = {
  emitted: 0,
  delivered: 0,
  duplicates: 0,
  lost: 0,
  counted: 0,
  silent: 0,
  bound: 0,
};

/** Runs a cell. Never rejects. */
export async function runCell(
  fault: Fault,
  mode: Mode,
  programs: Programs,
  seed: number,
): Promise<Outcome> {
  const stage = new Stage(fault, mode, new Dice(seed), programs);
  try {
    await stage.open();
    await fault.run(stage);
    await stage.recover();
    return judge(fault, mode, await stage.finish());
  } catch (error) {
    const seen = stage.sender?.problems ?? [];
    return { ...nothing, problems: [`${(error as Error)?.stack ?? error}`, ...seen] };
  } finally {
    await stage.close();
  }
}

/** Compares what became of the records with what the mode promises. */
export function judge(fault: Fault, mode: Mode, tally: Tally): Outcome {
  const { emitted, delivered, duplicates, counted } = tally;
  const lost = tally.lost.length;
  const silent = Math.max(lost - counted, 0);
  const [from, to] = mode.isAcknowledged || fault.takes !== "kernel" ? [0, 0] : tally.inKernel;
  const isHeld = fault.takes === "process" && !mode.isSpooled;
  const bound = isHeld ? tally.inProcess : to - from;
  const problems = [...tally.problems];
  const demand = (isTrue: boolean, problem: string) => void (isTrue || problems.push(problem));
  demand(delivered + lost === emitted, "the records of the suite do not add up");
  demand(silent <= bound, `${silent} records were lost uncounted, and at most ${bound} may be`);
  demand(tally.left === 0, `${tally.left} records wait when all is over`);
  if (!fault.cuts) {
    demand(
      duplicates === 0,
      `${duplicates} records arrived twice on a connection that never broke`,
    );
    demand(counted <= lost, `${counted} records were counted as dropped, and ${lost} were lost`);
  }
  if (mode.whileDisconnected === "queue") {
    const mayOverflow = fault.overflows && !mode.isSpooled;
    demand(mayOverflow || fault.refuses || counted === 0, `${counted} records were dropped`);
    if (fault.takes === "kernel") {
      const outside = tally.lost.filter((number) => number < from || number >= to);
      demand(outside.length === 0, `no kernel held these, which were lost: ${outside}`);
    }
  }
  return { emitted, delivered, duplicates, lost, counted, silent, bound, problems };
}
