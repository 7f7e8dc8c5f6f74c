import { foreignSuite } from '../foreign.ts';
import { franzGo } from '../toolchains/go.ts';

await foreignSuite(franzGo);
