type Source = Readonly<Record<string, unknown>>;

/** Whether a document is found: match_all, ids, term, range and bool with filter, must and must_not. */
export function matchesQuery(query: object | undefined, id: string, source: Source): boolean {
  if (query === undefined) return true;
  const [kind, given] = Object.entries(query)[0] ?? ['match_all', {}];
  switch (kind) {
    case 'match_all':
      return true;
    case 'ids':
      return (given as { values: string[] }).values.includes(id);
    case 'term':
      return term(given as Source, source);
    case 'range':
      return range(given as Readonly<Record<string, Bounds>>, source);
    case 'bool': {
      const { filter, must, must_not } = given as Readonly<Record<string, object | object[] | undefined>>;
      const all = [filter, must].flat().filter((each) => each !== undefined);
      const none = [must_not].flat().filter((each) => each !== undefined);
      return (
        all.every((each) => matchesQuery(each, id, source)) &&
        !none.some((each) => matchesQuery(each, id, source))
      );
    }
    default:
      throw new Error(`the double knows no query ${kind}`);
  }
}

function term(given: Source, source: Source): boolean {
  return Object.entries(given).every(([field, wanted]) => {
    const value =
      typeof wanted === 'object' && wanted !== null ? (wanted as { value: unknown }).value : wanted;
    return [source[field.replace(/\.keyword$/, '')]].flat().some((each) => String(each) === String(value));
  });
}

type Bounds = Readonly<Partial<Record<'lt' | 'lte' | 'gt' | 'gte', string | number>>>;

function range(given: Readonly<Record<string, Bounds>>, source: Source): boolean {
  return Object.entries(given).every(([field, { lt, lte, gt, gte }]) => {
    const value = source[field];
    if (value === undefined || value === null) return false;
    const compared = (bound: string | number) => compare(String(value), String(bound));
    return (
      (lt === undefined || compared(lt) < 0) &&
      (lte === undefined || compared(lte) <= 0) &&
      (gt === undefined || compared(gt) > 0) &&
      (gte === undefined || compared(gte) >= 0)
    );
  });
}

/** Whole numbers of any length as such, everything else as text. */
function compare(a: string, b: string): number {
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) {
    const difference = BigInt(a) - BigInt(b);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  return a === b ? 0 : a < b ? -1 : 1;
}
