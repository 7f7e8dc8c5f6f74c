/** Carries out what an operator decided for a partition that nobody has open. */
import { type FilesToRepair, repairFiles } from './repair-files.ts';
import type { RepairPlan } from './repair-plan.ts';
import { rebuildState } from './repair-state.ts';
import type { LogToVerify } from './verify-log.ts';

export type LogToRepair = LogToVerify & FilesToRepair;

/**
 * First the files, then the store. Between the two the store may tell of more than is there, and the partition is
 * offline, as it was before: the repair is then run again.
 */
export function repairLog(
  log: LogToRepair,
  plan: RepairPlan,
  done: (error: Error | undefined, copies: readonly string[]) => void,
): void {
  repairFiles(log, plan, (error, copies) => {
    if (error !== undefined) done(error, copies);
    else rebuildState(log, plan, (failed) => done(failed, copies));
  });
}
