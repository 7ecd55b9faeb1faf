import type { App } from 'aws-cdk-lib';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { FunctionManifest } from '../../../processor/manifest.ts';
import { MANIFESTS } from '../../../processor/manifests.ts';
import { BUCKETS } from '../../../telemetry/topology.ts';
import { privateBucket } from '../bucket.ts';
import { KitFunction } from '../function.ts';
import { KitStack } from '../kit-stack.ts';
import { calledWithObjects, rulesFor } from '../objects.ts';
import { OPERATIONS } from '../operations.ts';
import type { Settings } from '../settings.ts';
import { isDeployed } from '../stack-names.ts';

/** Days after which what was uploaded is deleted: by then it is in the table. */
const UPLOAD_DAYS = 30;

/** The bucket for uploads, and the function that loads them into the table. */
export class FilesStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Files', 'uploaded files, into the table', settings);
    const loaders = MANIFESTS.filter(({ part }) => part === 'files');
    const permissions = loaders.flatMap((manifest) => this.#loader(manifest));
    const bucket = privateBucket(this, BUCKETS.uploads, { days: UPLOAD_DAYS });
    // Logs are uploaded here too, for a function that is the search's.
    const readers = isDeployed('Search', settings) ? MANIFESTS.filter(({ part }) => part === 'search') : [];
    // By the bucket's own property: what a Bucket has for it would set them by a function of its own.
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      lambdaConfigurations: rulesFor(this, BUCKETS.uploads, [...loaders, ...readers]),
    };
    bucket.node.addDependency(...permissions);
  }

  #loader(manifest: FunctionManifest) {
    const loader = new KitFunction(this, manifest);
    return calledWithObjects(this, loader, manifest, this.arns.topic(OPERATIONS));
  }
}
