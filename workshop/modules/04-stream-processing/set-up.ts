import { quote } from '../../../telemetry/excerpt.ts';
import { functionNamed } from '../../check/functions.ts';
import { couldNotCheck, shortcomingOf, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { insistOnRole } from './role.ts';
import { summaryTable } from './table.ts';

/** The learner's function, set up so that it can be tried. */
export interface Processor {
  readonly name: string;
  /** What its handler is named after: `my-rydes/04-stream-processing/processor.ts`. */
  readonly source: string;
  /** The stream that it is for, which need not be there. */
  readonly streamArn: string;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * The function, with the settings that it needs.
 *
 * @throws Unmet when it is not there, or would write to another table: nothing may be tried with it then
 */
export async function processorSetUp(at: Workbench): Promise<Processor> {
  await summaryTable(at);
  await withoutFaults(at);
  const { processor: name, processorRole, table, summaries } = at.names;
  const { Runtime, Role = '', Environment, FunctionArn = '', Timeout = 3 } = await functionNamed(at, name);
  const looked = `the configuration of the function ${name}`;
  const change = `aws lambda update-function-configuration --function-name ${name}`;
  if (!Runtime?.startsWith('nodejs')) {
    throw wrong({
      looked,
      found: `its runtime is ${Runtime}`,
      expected: 'a runtime of Node.js, such as nodejs22.x',
      next: `${change} --runtime nodejs22.x`,
    });
  }
  const role = Role.split('/').at(-1) ?? '';
  const shortcoming = role === processorRole ? undefined : await shortcomingOf(() => insistOnRole(at, role));
  if (shortcoming !== undefined) {
    throw wrong({
      looked,
      found: `it runs as ${role}, and of that: ${shortcoming}`,
      expected: `it runs as ${processorRole}, or as another role that allows what is needed and nothing else`,
      next: `${change} --role ${Role.replace(/:role\/.*$/, `:role/${processorRole}`)}`,
    });
  }
  const tableName = Environment?.Variables?.TABLE_NAME;
  if (tableName !== table) {
    throw wrong({
      looked,
      found: tableName === undefined ? 'it has no variable TABLE_NAME' : `TABLE_NAME is ${quote(tableName)}`,
      expected: `TABLE_NAME is ${table}`,
      next: `${change} --environment "Variables={TABLE_NAME=${table}}"`,
    });
  }
  return {
    name,
    source: 'my-rydes/04-stream-processing/processor.ts',
    streamArn: FunctionArn.replace(':lambda:', ':kinesis:').replace(/:function:.*$/, `:stream/${summaries}`),
    timeout: Timeout,
  };
}

/** With a fault on, what happens says nothing of the function. */
async function withoutFaults(at: Workbench): Promise<void> {
  const { processor, table } = at.names;
  const faults = (await at.control?.status())?.faults ?? [];
  const fault = faults.find(({ target }) => target === table || target === processor);
  if (fault === undefined) return;
  throw couldNotCheck({
    looked: 'the faults that are on',
    found: `${fault.kind} on ${fault.target}`,
    expected: 'none: the check makes its own',
    next: `./wildrydes fault end ${fault.id}`,
  });
}
