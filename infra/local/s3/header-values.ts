import { invalidArgument } from './errors.ts';
import type { Pairs } from './store/object.ts';

/** Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const NAME = /^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/;

/**
 * What comes in a query or from within may hold what no header can, and would then fail each answer that tells it.
 *
 * @throws S3Error InvalidArgument
 */
export function checkHeaders(headers: Pairs): void {
  for (const [name, value] of headers) {
    if (NAME.test(name) && VALUE.test(value)) continue;
    throw invalidArgument('Header value cannot be represented', name, value);
  }
}
