import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTopicCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
} from '@aws-sdk/client-sns';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createSns, type SnsOptions, type SnsService } from './service.ts';

/** An SNS for a test, and how to reach it. */
export interface OpenedSns {
  readonly sns: SnsService;
  readonly client: SNSClient;
  readonly endpoint: string;
  /** Lines of its log. */
  readonly log: readonly string[];
  /** Creates the topic `alerts` and subscribes to it; answers the subscription's ARN, confirmed or not. */
  subscribe(input: Partial<SubscribeCommandInput>): Promise<string>;
}

/** For tests: an SNS behind a gateway, and an SDK client of it. */
export class SnsFixture extends GatewayFixture {
  readonly #servers: (() => unknown)[] = [];

  async openSns(folder: string | null = null, options: Partial<SnsOptions> = {}): Promise<OpenedSns> {
    const log: string[] = [];
    let endpoint = '';
    const sns = createSns({
      folder,
      endpoint: () => endpoint,
      log: (line) => log.push(line),
      ...options,
    });
    const gateway = await this.open([sns]);
    endpoint = gateway.endpoint;
    const client = this.client(new SNSClient(sdkConfig(gateway)));
    return {
      sns,
      client,
      endpoint,
      log,
      async subscribe(input) {
        await client.send(new CreateTopicCommand({ Name: 'alerts' }));
        const { SubscriptionArn = '' } = await client.send(
          new SubscribeCommand({
            TopicArn: arnOf('alerts'),
            Protocol: 'http',
            Endpoint: 'http://127.0.0.1:1/',
            ReturnSubscriptionArn: true,
            ...input,
          }),
        );
        return SubscriptionArn;
      },
    };
  }

  /** An HTTP endpoint that keeps what is posted to it, and answers with what it is told to, 200 unless told. */
  async receiver(status: () => number = () => 200): Promise<Receiver> {
    const posts: ReceivedPost[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      posts.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      response.writeHead(status(), { location: '/elsewhere' }).end('thanks');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=b`, posts };
  }

  override async closeAll(): Promise<void> {
    await super.closeAll();
    for (const close of this.#servers.splice(0)) await close();
  }
}

export interface ReceivedPost {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
}

export function arnOf(name: string): string {
  return `arn:aws:sns:us-east-1:000000000000:${name}`;
}
