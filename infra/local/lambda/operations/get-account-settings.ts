import { ACCOUNT_LIMITS, reservedBy } from '../functions/account.ts';
import { CODE_LIMITS } from '../functions/code-store.ts';
import { versionsOf } from '../functions/functions.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export const getAccountSettings = lambdaOperation(
  200,
  {},
  (_, { functions }) => {
    const uploaded = functions.all().filter((found) => found.kind === 'uploaded');
    const TotalCodeSize = uploaded
      .flatMap(versionsOf)
      .reduce((sum, found) => sum + (found.kind === 'own' ? 0 : found.record.codeSize), 0);
    return {
      AccountLimit: {
        TotalCodeSize: ACCOUNT_LIMITS.code,
        CodeSizeUnzipped: CODE_LIMITS.unzipped,
        CodeSizeZipped: CODE_LIMITS.zipped,
        ConcurrentExecutions: ACCOUNT_LIMITS.concurrent,
        UnreservedConcurrentExecutions: ACCOUNT_LIMITS.concurrent - reservedBy(functions),
      },
      AccountUsage: { TotalCodeSize, FunctionCount: functions.all().length },
    };
  },
  'Limits other than those of reserved concurrency and of a deployment package are told, not kept.',
);
