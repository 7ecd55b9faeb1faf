import {
  type ApplicationDetail,
  DescribeApplicationCommand,
  DescribeApplicationOperationCommand,
  ListApplicationOperationsCommand,
  paginateListApplications,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { ifThere } from '../../check/missing.ts';
import { notYet, type Passed, passed, shortcomingOf, wrong } from '../../finding.ts';
import type { Names } from '../../names.ts';
import type { Workbench } from '../../workbench.ts';
import { judgeRole } from './role.ts';

/** What the job is built for. */
export const RUNTIME = 'FLINK-2_2';

/** The property groups that tell the job its streams, and what each stream is for. */
export function groupsOf(names: Names): Readonly<Record<string, string>> {
  return {
    InputStream0: names.readings,
    OutputStream0: names.summaries,
    QuarantineStream0: names.quarantine,
  };
}

/** The application is there, and is what the job needs. */
export async function checkApplication(at: Workbench): Promise<Passed> {
  const name = at.names.application;
  const detail = await applicationNamed(at);
  const looked = `the application ${name}`;
  if (detail.RuntimeEnvironment !== RUNTIME) {
    throw wrong({
      looked,
      found: `its runtime is ${detail.RuntimeEnvironment}`,
      expected: `${RUNTIME}: the job is built for that`,
      next: `./wildrydes aggregation update --application ${name} --runtime ${RUNTIME}`,
    });
  }
  const role = detail.ServiceExecutionRole?.split('/').at(-1) ?? '';
  const { applicationRole } = at.names;
  const shortcoming = role === applicationRole ? undefined : await shortcomingOf(() => judgeRole(at, role));
  if (shortcoming !== undefined) {
    throw wrong({
      looked,
      found: `it works as the role ${role}, and of that: ${shortcoming}`,
      expected: `the role ${applicationRole}, or another one that allows what is needed and nothing else`,
      next: updating(detail, '--service-execution-role-update "$ROLE"'),
    });
  }
  insistOnStreams(at, detail);
  const { ApplicationCodeConfigurationDescription: code, ApplicationSnapshotConfigurationDescription: kept } =
    detail.ApplicationConfigurationDescription ?? {};
  if (code?.CodeContentDescription === undefined) {
    throw wrong({
      looked,
      found: 'it has no code',
      expected: 'a Jar in a bucket, as ApplicationCodeConfiguration says it',
      next: `aws kinesisanalyticsv2 describe-application --application-name ${name}`,
    });
  }
  if (kept?.SnapshotsEnabled !== true) {
    throw wrong({
      looked,
      found: 'snapshots are not enabled: after a stop it would begin anew',
      expected: 'ApplicationSnapshotConfiguration with SnapshotsEnabled true',
      next: updating(
        detail,
        '--application-configuration-update \'{"ApplicationSnapshotConfigurationUpdate":{"SnapshotsEnabledUpdate":true}}\'',
      ),
    });
  }
  await insistOnOne(at);
  return passed(
    looked,
    `${RUNTIME}, from ${at.names.readings} to ${at.names.summaries} and ${at.names.quarantine}, with snapshots`,
  );
}

/** It runs. */
export async function checkRunning(at: Workbench): Promise<Passed> {
  const name = at.names.application;
  const { ApplicationStatus: status } = await applicationNamed(at);
  const looked = `the application ${name}`;
  if (status === 'RUNNING') return passed(looked, 'it is RUNNING');
  const start = `./wildrydes aggregation start --application ${name}`;
  const reason = status === 'READY' ? await failureOf(at, name) : undefined;
  if (reason !== undefined) {
    throw wrong({
      looked,
      found: `it could not start: ${reason}`,
      expected: 'it is RUNNING',
      next: `Mend what the reason names, then ${start}`,
    });
  }
  throw notYet({
    looked,
    found: `it is ${status}`,
    expected: 'it is RUNNING',
    next: status === 'READY' ? start : `./wildrydes aggregation status --application ${name}`,
  });
}

/** @throws Unmet when there is none */
async function applicationNamed(at: Workbench): Promise<ApplicationDetail> {
  const name = at.names.application;
  const detail = await describe(at, name);
  if (detail !== undefined && detail.ApplicationStatus !== 'DELETING') return detail;
  throw notYet({
    looked: `the application ${name}`,
    found: detail === undefined ? 'there is none' : 'it is being deleted',
    expected: `an application of this name, of ${RUNTIME}`,
    next: `aws kinesisanalyticsv2 create-application --application-name ${name} …`,
  });
}

async function describe(at: Workbench, name: string): Promise<ApplicationDetail | undefined> {
  const asked = at.analytics.send(new DescribeApplicationCommand({ ApplicationName: name }));
  return (await ifThere(asked))?.ApplicationDetail;
}

function insistOnStreams(at: Workbench, detail: ApplicationDetail): void {
  const name = at.names.application;
  const streams = streamsOf(detail);
  const looked = `the property groups of the application ${name}`;
  const expected = Object.entries(groupsOf(at.names))
    .map(([group, stream]) => `${group} with stream.name ${stream}`)
    .join(', ');
  const next = `./wildrydes aggregation update --application ${name} ${Object.entries(groupsOf(at.names))
    .map(([group, stream]) => `--property ${group}.stream.name=${stream}`)
    .join(' ')}`;
  const missing = Object.keys(groupsOf(at.names)).filter((group) => !streams.has(group));
  if (missing.length > 0) {
    const found = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: the application would take names that may not be yours`;
    throw wrong({ looked, found, expected, next });
  }
  const [input, output] = [streams.get('InputStream0'), streams.get('OutputStream0')];
  if (input === at.names.summaries && output === at.names.readings) {
    const found = `input and output are exchanged: it would read ${input} and write to ${output}`;
    throw wrong({ looked, found, expected, next });
  }
  for (const [group, stream] of Object.entries(groupsOf(at.names))) {
    const given = streams.get(group);
    if (given === stream) continue;
    throw wrong({ looked, found: `${group} names ${given ?? 'no stream'}`, expected, next });
  }
}

/** The stream that each property group names; undefined where it names none. */
function streamsOf(detail: ApplicationDetail): Map<string, string | undefined> {
  const groups =
    detail.ApplicationConfigurationDescription?.EnvironmentPropertyDescriptions?.PropertyGroupDescriptions ??
    [];
  return new Map(
    groups.map(({ PropertyGroupId = '', PropertyMap = {} }) => [
      PropertyGroupId,
      PropertyMap['stream.arn']?.split('/').at(-1) ?? PropertyMap['stream.name'],
    ]),
  );
}

/** Two that write summaries to one stream would write each minute twice. */
async function insistOnOne(at: Workbench): Promise<void> {
  const { application, summaries, prefix } = at.names;
  const names: string[] = [];
  for await (const page of paginateListApplications({ client: at.analytics }, {})) {
    names.push(...(page.ApplicationSummaries ?? []).map(({ ApplicationName = '' }) => ApplicationName));
  }
  // Those of others in the account have other prefixes, and are none of the learner's business.
  for (const name of names.filter((each) => each !== application && each.startsWith(prefix))) {
    const other = await describe(at, name);
    if (other === undefined || streamsOf(other).get('OutputStream0') !== summaries) continue;
    throw wrong({
      looked: `the applications that write to ${summaries}`,
      found: `${name} does, beside ${application}: each minute would come twice`,
      expected: `${application} alone`,
      next: `./wildrydes aggregation stop --application ${name} --force, then aws kinesisanalyticsv2 delete-application`,
    });
  }
}

function updating({ ApplicationName, ApplicationVersionId }: ApplicationDetail, change: string): string {
  return `aws kinesisanalyticsv2 update-application --application-name ${ApplicationName} --current-application-version-id ${ApplicationVersionId} ${change}`;
}

/** Why the last start failed, in the service's words; undefined when it did not. */
async function failureOf(at: Workbench, name: string): Promise<string | undefined> {
  const asked = { ApplicationName: name };
  const { ApplicationOperationInfoList: [last] = [] } = await at.analytics.send(
    new ListApplicationOperationsCommand({ ...asked, Limit: 1 }),
  );
  if (last?.Operation !== 'StartApplication' || last.OperationStatus !== 'FAILED') return undefined;
  const { ApplicationOperationInfoDetails: details } = await at.analytics.send(
    new DescribeApplicationOperationCommand({ ...asked, OperationId: last.OperationId }),
  );
  return details?.OperationFailureDetails?.ErrorInfo?.ErrorString ?? 'no reason given';
}
