import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createIam, type IamService } from './service.ts';

export const START = Date.UTC(2026, 10, 28, 12);

/** Who may assume the roles of tests. */
export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A policy as the guides have it. */
export const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['dynamodb:BatchWriteItem'], Resource: 'arn:aws:dynamodb:*:*:table/U*' },
  ],
});

export interface OpenIam {
  readonly iam: IamService;
  readonly client: IAMClient;
  readonly endpoint: string;
}

/** For tests: an IAM behind a gateway, and an SDK client of it. */
export class IamFixture extends GatewayFixture {
  async openIam(folder: string | null = null): Promise<OpenIam> {
    const iam = createIam({ folder, clock: { now: () => START, monotonic: () => 0 } });
    const gateway = await this.open([iam]);
    return { iam, client: this.client(new IAMClient(sdkConfig(gateway))), endpoint: gateway.endpoint };
  }

  /** With roles of these names. */
  async openRoles(...names: readonly string[]): Promise<OpenIam> {
    const opened = await this.openIam();
    for (const RoleName of names) {
      await opened.client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    }
    return opened;
  }
}

export function arnOf(resource: string): string {
  return `arn:aws:iam::000000000000:${resource}`;
}

export const AWS_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';
