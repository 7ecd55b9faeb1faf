import { type Statement, statementsOf } from './policy-document.ts';

/**
 * Whether a trust policy lets a service assume its role. Conditions count as met.
 *
 * @param document a trust policy that was checked
 * @param service `lambda.amazonaws.com`
 */
export function trustsService(document: string, service: string): boolean {
  const applying = statementsOf(document).filter(
    (statement) => names(statement, service) && isToAssume(statement),
  );
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
}

function names({ Principal }: Statement, service: string): boolean {
  if (Principal === undefined) return false;
  if (Principal === '*') return true;
  const services = Object.hasOwn(Principal, 'Service') ? Principal.Service! : [];
  return (typeof services === 'string' ? [services] : services).includes(service);
}

function isToAssume({ Action = [] }: Statement): boolean {
  const actions = typeof Action === 'string' ? [Action] : Action;
  return actions.some((action) => /^(?:\*|sts:(?:\*|AssumeRole\*?))$/i.test(action));
}
