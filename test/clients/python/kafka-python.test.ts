import { foreignSuite } from '../foreign.ts';
import { pythonClient } from '../toolchains.ts';

await foreignSuite('Python kafka-python 3.0.12', await pythonClient('kafka_python'));
