import { LOCAL } from '../../../../telemetry/topology.ts';
import type { RequestHead } from '../../gateway/service.ts';

/**
 * Where to send requests: to where this one was sent.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
 */
export function describeEndpoints({ headers }: RequestHead): object {
  const authority = headers[':authority'] ?? headers.host;
  const Address = typeof authority === 'string' ? authority : `127.0.0.1:${LOCAL.port}`;
  return { Endpoints: [{ Address, CachePeriodInMinutes: 1440 }] };
}
