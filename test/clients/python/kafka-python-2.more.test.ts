import { foreignSuite } from '../foreign.ts';
import { olderKafkaPython } from '../toolchains/python.ts';

await foreignSuite(olderKafkaPython);
