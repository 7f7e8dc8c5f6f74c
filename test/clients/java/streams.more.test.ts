import { foreignSuite } from '../foreign.ts';
import { kafkaStreams } from '../toolchains/java.ts';

await foreignSuite(kafkaStreams);
