/** The clients of Go. */
import type { Client } from './run.ts';

export const goClients: readonly Client[] = [];
