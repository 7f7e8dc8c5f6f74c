import { foreignSuite } from '../foreign.ts';
import { pythonClient } from '../toolchains.ts';

await foreignSuite('Python confluent-kafka 2.16.1', await pythonClient('confluent'));
