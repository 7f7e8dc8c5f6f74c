import { foreignSuite } from '../foreign.ts';
import { javaClient39 } from '../toolchains/java.ts';
import { notInThisClient } from './older.ts';

await foreignSuite(javaClient39);
notInThisClient('CasesSince44.java', 'ConsumerGroupCases.java', 'ShareGroupCases.java');
