import { type Extension, type StreamSpecification, type Table, validationError } from '../dynalite.ts';
import type { Adjust } from '../table-changes.ts';
import { VIEW_TYPES } from './change.ts';
import { labelOf, streamArnOf } from './stream-name.ts';

const types = {
  StreamSpecification: {
    type: 'FieldStruct<StreamSpecification>',
    children: {
      StreamEnabled: { type: 'Boolean', notNull: true },
      StreamViewType: { type: 'String', enum: VIEW_TYPES },
    },
  },
} as const;

/** The StreamSpecification of CreateTable and UpdateTable, which dynalite does not know. */
export const STREAM_EXTENSIONS: ReadonlyMap<string, Extension> = new Map<string, Extension>([
  ['CreateTable', { types, fault: (request, dynalites) => dynalites(request) ?? creationFault(request) }],
  [
    'UpdateTable',
    {
      types,
      // dynalite wants an update to ask for something, and knows of streams by this name.
      fault: (request: Requested, dynalites) =>
        dynalites({ ...request, UpdateStreamEnabled: request.StreamSpecification !== undefined }) ??
        updateFault(request),
    },
  ],
]);

const INVALID = 'One or more parameter values were invalid: ';

/** Of a request, as validated. */
interface Requested {
  readonly StreamSpecification?: StreamSpecification;
  readonly ProvisionedThroughput?: unknown;
  readonly BillingMode?: string;
  readonly GlobalSecondaryIndexUpdates?: readonly unknown[];
}

/** What is wrong with the StreamSpecification of a CreateTable request, if anything is. */
function creationFault({ StreamSpecification: specification }: Requested): string | undefined {
  if (specification === undefined) return undefined;
  const { StreamEnabled: enabled, StreamViewType: viewType } = specification;
  if (enabled && viewType === undefined) {
    return `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`;
  }
  if (!enabled && viewType !== undefined) {
    return `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`;
  }
  return undefined;
}

/** What is wrong with the StreamSpecification of an UpdateTable request, whatever the table, if anything is. */
function updateFault(request: Requested): string | undefined {
  const { StreamSpecification: specification } = request;
  if (specification === undefined) return undefined;
  const { StreamEnabled: enabled, StreamViewType: viewType } = specification;
  if (enabled && viewType === undefined) {
    return `${INVALID}If stream is being enabled then UpdateViewType is required`;
  }
  if (!enabled && viewType !== undefined) {
    return `${INVALID}If stream is being disabled, then UpdateViewType must not be specified`;
  }
  if (request.ProvisionedThroughput !== undefined || request.BillingMode === 'PROVISIONED') {
    return `${INVALID}You cannot modify stream status while updating table IOPS`;
  }
  if (request.GlobalSecondaryIndexUpdates?.length) {
    return `${INVALID}You cannot create or delete index while changing stream status`;
  }
  return undefined;
}

/**
 * What a request's StreamSpecification makes of the table's entry. A stream that is off leaves its label.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 *
 * @param newId gives a stream its beginning
 */
export function streamAdjustment(operation: string, request: Requested, newId: () => number): Adjust {
  const { StreamSpecification: specification } = request;
  return (table, atRest) => {
    if (specification === undefined) return;
    if (operation === 'CreateTable') {
      if (!specification.StreamEnabled) delete table.StreamSpecification;
      else if (!atRest) begin(table, newId());
    } else if (operation === 'UpdateTable') {
      table.TableStatus = atRest ? 'ACTIVE' : 'UPDATING';
      if (!atRest) update(table, specification, newId);
    }
  };
}

/** @throws OperationError if it is so already */
function update(table: Table, specification: StreamSpecification, newId: () => number): void {
  const on = table.StreamSpecification !== undefined;
  if (specification.StreamEnabled) {
    if (on) throw validationError(`Table already has an enabled stream: TableName: ${table.TableName}`);
    table.StreamSpecification = specification;
    begin(table, newId());
  } else {
    if (!on) throw validationError(`Table has no stream to disable: TableName: ${table.TableName}`);
    delete table.StreamSpecification;
  }
}

function begin(table: Table, id: number): void {
  table.LatestStreamLabel = labelOf(id);
  table.LatestStreamArn = streamArnOf({ tableName: table.TableName, id });
}
