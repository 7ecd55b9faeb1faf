import type { Service } from './gateway/service.ts';

/**
 * The table of operations in README.md, made from what the services say of themselves. One row for each service and,
 * where an operation differs from AWS's, one more for that.
 */
export function operationsTable(services: readonly Pick<Service, 'title' | 'operations'>[]): string {
  const rows = services.flatMap(({ title, operations }) => {
    const names = [...operations.keys()].sort();
    const differences = names.flatMap((name) => {
      const { differs } = operations.get(name)!;
      return differs === undefined ? [] : [['', name, differs]];
    });
    return [[`**${title}**`, names.join(', '), ''], ...differences];
  });
  return [['service', 'operation', 'differs from AWS'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
}

/** Text that stays within its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
