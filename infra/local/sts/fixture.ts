import { STSClient } from '@aws-sdk/client-sts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { IamService } from '../iam/service.ts';
import { createSts } from './service.ts';

export const START = Date.UTC(2026, 10, 28, 12);

/** The one role that there is, with sessions of an hour. */
export const ROLE = 'arn:aws:iam::000000000000:role/reader';

/** Who calls without a session of ours. */
export const ROOT = {
  Account: '000000000000',
  Arn: 'arn:aws:iam::000000000000:root',
  UserId: '000000000000',
} as const;

/** As an SDK client answers them. */
export interface SessionCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** For tests: an STS behind a gateway, and SDK clients of it. */
export class StsFixture extends GatewayFixture {
  async openSts(): Promise<{ gateway: Gateway; client: STSClient }> {
    const role: IamService['role'] = (arn) =>
      arn === ROLE
        ? { name: 'reader', arn, id: 'AROAREADER', maxSessionDuration: 3_600, trusts: () => true }
        : undefined;
    const sts = createSts({ iam: { role }, clock: { now: () => START, monotonic: () => 0 } });
    const gateway = await this.open([sts]);
    return { gateway, client: this.client(new STSClient(sdkConfig(gateway))) };
  }

  clientWith(gateway: Gateway, credentials: SessionCredentials = {}): STSClient {
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials;
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return this.client(new STSClient({ ...sdkConfig(gateway), credentials: keys }));
  }
}
