/** The clients of kcat. */
import type { Client } from './run.ts';

export const kcatClients: readonly Client[] = [];
