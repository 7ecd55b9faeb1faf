import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { systemClock } from '../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createS3, type S3Options, type S3Service } from './service.ts';

export interface OpenS3 {
  readonly s3: S3Service;
  readonly client: S3Client;
  readonly endpoint: string;
  readonly logged: string[];
}

/** For tests: an S3 behind a gateway, and an SDK client of it. */
export class S3Fixture extends GatewayFixture {
  readonly #folders: string[] = [];

  async openS3(options: Partial<S3Options> = {}, config: Partial<S3ClientConfig> = {}): Promise<OpenS3> {
    const logged: string[] = [];
    const s3 = createS3({
      folder: null,
      clock: systemClock,
      log: (line) => logged.push(line),
      ...options,
    });
    const gateway = await this.open([s3], { log: (line) => logged.push(line) });
    const client = this.client(
      new S3Client({ ...sdkConfig(gateway), region: 'us-east-1', ...config } as S3ClientConfig),
    );
    return { s3, client, endpoint: gateway.endpoint, logged };
  }

  /** As `openS3`, with a bucket. */
  async openBucket(bucket = 'herd', options: Partial<S3Options> = {}): Promise<OpenS3> {
    const open = await this.openS3(options);
    await open.client.send(new CreateBucketCommand({ Bucket: bucket }));
    return open;
  }

  /** A folder that is removed after the test. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'wildrydes-s3-test-'));
    this.#folders.push(folder);
    return folder;
  }

  override async closeAll(): Promise<void> {
    await super.closeAll();
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

/** A request that names S3 as the SDKs do, and is otherwise as it is given. */
export function raw(
  endpoint: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | Uint8Array,
): Promise<Response> {
  const scope = 'AKID/20260101/us-east-1/s3/aws4_request';
  const init = {
    method,
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, Signature=0`, ...headers },
  };
  return fetch(`${endpoint}${path}`, body === undefined ? init : { ...init, body });
}
