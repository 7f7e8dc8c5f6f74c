/** The clients of Rust. */
import type { Client } from './run.ts';

export const rustClients: readonly Client[] = [];
