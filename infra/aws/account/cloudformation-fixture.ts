import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { onTestFinished } from 'vitest';

/** A stack that the server below knows. */
export interface CannedStack {
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  /** Default: made of the name. */
  readonly id?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly resources?: readonly { readonly type: string; readonly id: string; readonly status?: string }[];
  /** When it was deleted, as ISO-8601. */
  readonly deleted?: string;
}

/** An error that it answers with. */
export interface CannedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Resources of one page: two, so that there is more than one. */
const PAGE = 2;

export const idOf = ({ name, id }: CannedStack): string =>
  id ?? `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/0a1b2c`;

/**
 * For tests: an HTTP server that answers as CloudFormation does, of stacks that a test may change meanwhile.
 *
 * @param refusal answers everything with an error
 */
export async function cloudFormationOf(stacks: readonly CannedStack[], refusal?: CannedError) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    asked.push([parameters.get('Action'), parameters.get('StackName')].filter(Boolean).join(' '));
    const answer = refusal ?? answerTo(parameters, stacks);
    response.setHeader('Content-Type', 'text/xml');
    if (typeof answer === 'string') {
      response.end(answer);
      return;
    }
    response.statusCode = answer.status;
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.code}</Code><Message>${answer.message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new CloudFormationClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, endpoint, asked };
}

function answerTo(parameters: URLSearchParams, stacks: readonly CannedStack[]): string | CannedError {
  const action = parameters.get('Action') ?? '';
  const wanted = parameters.get('StackName') ?? '';
  const found = stacks.find((stack) => idOf(stack) === wanted || (!stack.deleted && stack.name === wanted));
  switch (action) {
    case 'DescribeStacks':
      return found === undefined ? missing(wanted) : wrapped(action, `<Stacks>${stackXml(found)}</Stacks>`);
    case 'ListStackResources':
      return found === undefined
        ? missing(wanted)
        : wrapped(action, pageXml(found, Number(parameters.get('NextToken') ?? 0)));
    case 'ListStacks': {
      const states = [...parameters].filter(([name]) => name.startsWith('StackStatusFilter'));
      const listed = stacks.filter(({ status }) => states.some(([, state]) => state === status));
      return wrapped(action, `<StackSummaries>${listed.map(stackXml).join('')}</StackSummaries>`);
    }
    case 'GetCallerIdentity':
      // Of another service: so that a command finds all that it asks for at one endpoint.
      return wrapped(
        action,
        '<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/alice</Arn><UserId>A</UserId>',
      );
    default:
      return { status: 400, code: 'InvalidAction', message: `Could not find operation ${action}` };
  }
}

function missing(name: string): CannedError {
  return { status: 400, code: 'ValidationError', message: `Stack with id ${name} does not exist` };
}

function wrapped(action: string, xml: string): string {
  return `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${xml}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
}

function stackXml(stack: CannedStack): string {
  const { name, status, reason, deleted, outputs = {} } = stack;
  const outputXml = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<member><StackName>${name}</StackName><StackId>${idOf(stack)}</StackId><StackStatus>${status}</StackStatus>${
    reason === undefined ? '' : `<StackStatusReason>${reason}</StackStatusReason>`
  }<CreationTime>2026-11-28T00:00:00Z</CreationTime>${
    deleted === undefined ? '' : `<DeletionTime>${deleted}</DeletionTime>`
  }<Outputs>${outputXml.join('')}</Outputs></member>`;
}

function pageXml({ resources = [] }: CannedStack, from: number): string {
  const members = resources
    .slice(from, from + PAGE)
    .map(
      ({ type, id, status = 'CREATE_COMPLETE' }, index) =>
        `<member><LogicalResourceId>L${from + index}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus><LastUpdatedTimestamp>2026-11-28T00:00:00Z</LastUpdatedTimestamp></member>`,
    );
  const more = from + PAGE < resources.length ? `<NextToken>${from + PAGE}</NextToken>` : '';
  return `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>${more}`;
}
