import type { Clock, Compute, Network, Random } from '@skerry/base';

/** What a client needs of the world. */
export interface ClientWorld {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  readonly compute: Compute;
}
