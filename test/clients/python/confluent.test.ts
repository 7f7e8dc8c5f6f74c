import { foreignSuite } from '../foreign.ts';
import { confluentKafka } from '../toolchains/python.ts';

await foreignSuite(confluentKafka);
