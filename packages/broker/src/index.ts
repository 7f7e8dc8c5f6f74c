export { Broker, type BrokerInfo, type BrokerOptions, type World } from './broker.ts';
export type { Authoriser, Operation, ResourceType } from './context.ts';
export type { Route } from './handler.ts';
export type { BrokerEvent, Report } from './report.ts';
export { routes } from './routes.ts';
export { kafkaBrokerConfigs } from './settings/kafka-configs.generated.ts';
export { parseSettings } from './settings/parse-settings.ts';
export { type Entry, parseProperties } from './settings/properties.ts';
export { brokerRows, type Settings } from './settings/settings.ts';
