import { invalidPattern, type Scanner } from './scanner.ts';

/** Whether something is so. */
export type Condition<T> = (subject: T) => boolean;

/**
 * Reads conditions joined by `&&`, which binds closer, and `||`, with parentheses.
 *
 * @param readCondition reads one
 * @throws ServiceError InvalidParameterException
 */
export function readExpression<T>(scanner: Scanner, readCondition: () => Condition<T>): Condition<T> {
  const readAll = (): Condition<T> => {
    const conditions = [readOne()];
    while (scanner.symbol('&&')) conditions.push(readOne());
    return (subject) => conditions.every((condition) => condition(subject));
  };
  const readAny = (): Condition<T> => {
    const conditions = [readAll()];
    while (scanner.symbol('||')) conditions.push(readAll());
    return (subject) => conditions.some((condition) => condition(subject));
  };
  const readOne = (): Condition<T> => {
    if (!scanner.symbol('(')) return readCondition();
    const condition = readAny();
    if (!scanner.symbol(')')) throw invalidPattern();
    return condition;
  };
  return readAny();
}
