import type { ApiRequest, Service } from '../gateway/service.ts';
import type { S3Functions } from './notifications.ts';

/** The functions of a Lambda, by its API. Events are handed over asynchronously, as S3 does. */
export function functionsOf(lambda: Pick<Service, 'handle'>): S3Functions {
  const call = (request: Pick<ApiRequest, 'method' | 'path' | 'headers' | 'body'>) =>
    lambda.handle({ ...request, operation: '', region: '' });
  const pathOf = (functionArn: string) => `/2015-03-31/functions/${encodeURIComponent(functionArn)}`;
  return {
    async exists(functionArn) {
      const path = `${pathOf(functionArn)}/configuration`;
      const { status } = await call({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) });
      return status === 200;
    },
    async invoke(functionArn, event) {
      const { status, body } = await call({
        method: 'POST',
        path: `${pathOf(functionArn)}/invocations`,
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
        body: Buffer.from(JSON.stringify(event)),
      });
      if (status >= 300) throw new Error(typeof body === 'string' ? body : `status ${status}`);
    },
  };
}
