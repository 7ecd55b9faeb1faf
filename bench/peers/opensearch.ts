import { startSearchServer } from '../../infra/search/server.ts';
import { serving } from '../harness/tasks.ts';

// The search server of the kit, which keeps nothing. It ends with this process.

const packages = process.env.WILDRYDES_SEARCH_PACKAGES;
const { endpoint } = await startSearchServer({
  folder: null,
  ...(packages === undefined ? {} : { packages }),
});
serving(Number(new URL(endpoint).port));
