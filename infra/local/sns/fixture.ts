import { SNSClient } from '@aws-sdk/client-sns';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createSns, type SnsService } from './service.ts';

/** For tests: an SNS behind a gateway, and an SDK client of it. */
export class SnsFixture extends GatewayFixture {
  async openSns(
    folder: string | null = null,
  ): Promise<{ sns: SnsService; client: SNSClient; endpoint: string }> {
    const sns = createSns({ folder });
    const gateway = await this.open([sns]);
    return { sns, client: this.client(new SNSClient(sdkConfig(gateway))), endpoint: gateway.endpoint };
  }
}

export function arnOf(name: string): string {
  return `arn:aws:sns:us-east-1:000000000000:${name}`;
}
