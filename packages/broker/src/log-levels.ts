/** What of the node's events is told, by Kafka's names for levels; the most talkative first. */
export const logLevelNames = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevelName = (typeof logLevelNames)[number];

/** All events go through one logger. */
export const rootLogger = 'root';
export const loggerNames: readonly string[] = [rootLogger];

/** The level of the node's log, for clients to see and to change (KIP-412); a restart forgets what they changed. */
export interface LogLevels {
  level: LogLevelName;
}
