import { type App, CfnOutput } from 'aws-cdk-lib';
import type { FunctionManifest } from '../../../processor/manifest.ts';
import { MANIFESTS } from '../../../processor/manifests.ts';
import { KitFunction } from '../function.ts';
import { KitStack } from '../kit-stack.ts';
import { calledWithObjects } from '../objects.ts';
import { OPERATIONS } from '../operations.ts';
import { statementFor } from '../policy.ts';
import { type SearchDomain, type SearchPlace, searchDomain } from '../search-domain.ts';
import { existingSearch } from '../search-endpoint.ts';
import type { Settings } from '../settings.ts';
import { changesOf } from '../table-changes.ts';

/** Every function that keeps a search index. */
const INDEXERS = MANIFESTS.filter(({ part }) => part === 'search');

/** The functions that keep the search's indices, and its domain, unless one exists already. */
export class SearchStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Search', 'readings, minutes and logs, to be searched', settings);
    const { searchEndpoint, searchArn } = settings;
    if (searchEndpoint === undefined) {
      this.#inOwnDomain(searchDomain(this));
      return;
    }
    const place = existingSearch(this, searchEndpoint, searchArn);
    for (const manifest of INDEXERS) this.#indexer(manifest, place);
  }

  #inOwnDomain(domain: SearchDomain): void {
    const guests = INDEXERS.map((manifest) => ({
      roleArn: this.#indexer(manifest, domain).role.roleArn,
      statements: manifest.permissions
        .filter(({ on }) => 'search' in on)
        .map((permission) => statementFor(permission, this, domain.arn)),
    }));
    domain.letIn(guests);
    new CfnOutput(this, 'SearchEndpoint', { value: domain.endpoint, description: 'URL of the search' });
  }

  #indexer(manifest: FunctionManifest, search: SearchPlace): KitFunction {
    // Said, since a host name of one's own does not tell.
    const indexer = new KitFunction(this, manifest, { search, environment: { OPENSEARCH_SIGNING: 'es' } });
    const operations = this.arns.topic(OPERATIONS);
    for (const trigger of manifest.triggers) {
      if (trigger.on === 'stream') indexer.reads(trigger, this.arns.stream(trigger.stream), operations);
      if (trigger.on === 'table') indexer.reads(trigger, changesOf(this, trigger.table), operations);
    }
    if (manifest.triggers.some(({ on }) => on === 'objects')) {
      calledWithObjects(this, indexer, manifest, operations);
    }
    return indexer;
  }
}
