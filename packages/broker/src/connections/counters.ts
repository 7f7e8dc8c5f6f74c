/** How often each limit was reached since the start, by the name of its setting: docs/limits.md lists them. */
const connectionLimits = [
  'max.connections',
  'max.connections.per.ip',
  'max.connection.creation.rate',
  'connection_creation_rate',
  'connections.max.idle.ms',
  'skerry.connections.first.request.ms',
  'skerry.connections.stall.ms',
  'skerry.memory.budget',
] as const;

export type ConnectionLimit = (typeof connectionLimits)[number];
export type Counters = Record<ConnectionLimit, number>;

export const newCounters = (): Counters => Object.fromEntries(connectionLimits.map((limit) => [limit, 0])) as Counters;
