import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of a search server. */
export interface SearchFolders {
  readonly configuration: string;
  readonly data: string;
  readonly logs: string;
  /** What it tells, of 2 MB at most, with as much set aside. */
  readonly log: string;
}

/** Lays out a server's folder, and writes its configuration anew. */
export function writeConfiguration(folder: string): SearchFolders {
  const folders = {
    configuration: join(folder, 'configuration'),
    data: join(folder, 'data'),
    logs: join(folder, 'logs'),
    log: join(folder, 'logs', 'search.log'),
  };
  for (const each of [folders.configuration, folders.data, folders.logs]) {
    mkdirSync(each, { recursive: true });
  }
  writeFileSync(join(folders.configuration, 'opensearch.yml'), SETTINGS);
  writeFileSync(join(folders.configuration, 'log4j2.properties'), logging(folders.log));
  return folders;
}

/**
 * One node that talks to nobody, reached from this machine alone, which also runs on a disk that is nearly full.
 * Source: https://docs.opensearch.org/2.19/install-and-configure/configuring-opensearch/network-settings/ and
 * https://docs.opensearch.org/2.19/install-and-configure/configuring-opensearch/cluster-settings/
 */
const SETTINGS = `network.host: 127.0.0.1
discovery.type: single-node
transport.port: 0
cluster.routing.allocation.disk.threshold_enabled: false
`;

/** Warnings, and how far the start is, go to standard output too. In Java's properties a backslash is written twice. */
function logging(file: string): string {
  return `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1.} %m%n
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${file.replaceAll('\\', '\\\\')}
appender.file.filePattern = ${file.replaceAll('\\', '\\\\')}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %p %c{1.} %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 2MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 1
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
rootLogger.appenderRef.file.ref = file
`;
}
