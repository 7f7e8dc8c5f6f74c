/**
 * How far an answer's error code is looked for: what Kafka's handlers call that decides nothing about their answer.
 * Each line is a claim about Kafka; one that is wrong shows as a code that a run of `npm run compat` provoked though
 * the list lacks it, which fails the run.
 */
import type { Boundary, Call } from './graph.ts';

interface Edge {
  /** Of the method that is called, with its class. */
  readonly to: RegExp;
  /** Of the caller; anyone without it. */
  readonly from?: RegExp;
}

const edges: readonly Edge[] = [
  // Encoding, connections, measuring, settings' own classes, and other programs in the same jars.
  { to: /^org\.apache\.kafka\.common\.(message|network|metrics|utils|security|config|serialization|feature)\./ },
  { to: /^org\.apache\.kafka\.(common\.protocol|network|clients|streams|connect|tools|shell)\./ },
  { to: /^kafka\.(network|tools|admin|metrics)\./ },
  // A request is read before its handler has it, an answer written after; one that the broker sends is not this one.
  { to: /^org\.apache\.kafka\.common\.requests\.(Abstract(Request|Response)|\w+Response|\w+\$Builder)\./ },
  { to: /^org\.apache\.kafka\.common\.requests\.\w+\.(parse|serialize\w*)\(/ },
  // What follows from an append, for others: who waits is answered by what it made itself.
  { to: /\.onHighWatermarkUpdated\(/ },
  {
    to: /UnifiedLog\.(maybeConvertToOffsetMetadata|convertToOffsetMetadataOrThrow|maybeIncrementFirstUnstableOffset)\(/,
  },
  { to: /(AlterPartitionManager|AssignmentsManager|BrokerLifecycleManager)\./ },
  // Opening a log, and copying one to another folder, go on after the answer.
  { to: /\.(LogLoader\.load|UnifiedLog\.create|AbstractFetcherManager\.addFetcherForPartitions)\(/ },
  // The controller's own log: a failure there ends its term, which `renounce` does, and NOT_CONTROLLER is the answer.
  { to: /^org\.apache\.kafka\.raft\./, from: /^(?!org\.apache\.kafka\.raft\.)./ },
  { to: /QuorumController\.(renounce|replay)\(/ },
  // The coordinators' own topics: what fails in writing them they tell as COORDINATOR_NOT_AVAILABLE and the like.
  { to: /(PartitionWriter|CoordinatorLoader(Impl)?)\./ },
  { to: /ReplicaManager\.appendRecords\(/, from: /^kafka\.coordinator\.transaction\./ },
  { to: /(CoordinatorShard|CoordinatorPlayback|SnapshottableCoordinator)\.replay\(/ },
  { to: /CoordinatorContext\.transitionTo\(/ },
  // Asked whether what a configuration is for exists, handed over like other functions.
  {
    to: /QuorumController\$ConfigResourceExistenceChecker\.accept\(/,
    from: /^(?!org\.apache\.kafka\.controller\.(ConfigurationControlManager|QuorumController\$ConfigResource))/,
  },
  // Timers answer nobody, or those who wait for them.
  { to: /GroupMetadataManager\.schedule\w*\(/ },
];

export const boundary: Boundary = {
  stops: ({ owner, method }: Call, from: string): boolean => {
    const name = `${owner}.${method}`;
    return edges.some((edge) => edge.to.test(name) && (edge.from === undefined || edge.from.test(from)));
  },
  runs: {
    'java.lang.Runnable': ['run'],
    'java.util.concurrent.Callable': ['call'],
    'java.util.function.Consumer': ['accept'],
    'java.util.function.Function': ['apply'],
    'java.util.function.Predicate': ['test'],
    'java.util.function.Supplier': ['get'],
    'scala.runtime.AbstractPartialFunction': ['applyOrElse'],
    'org.apache.kafka.controller.QuorumController$ControllerWriteOperation': ['generateRecordsAndResult'],
    'org.apache.kafka.coordinator.common.runtime.CoordinatorEvent': ['run', 'complete'],
    'org.apache.kafka.deferred.DeferredEvent': ['complete'],
    'org.apache.kafka.queue.EventQueue$Event': ['run', 'handleException'],
    'org.apache.kafka.server.purgatory.DelayedOperation': ['tryComplete', 'onComplete', 'onExpiration'],
  },
};
