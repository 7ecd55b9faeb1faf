import { describe, expect, it } from 'vitest';
import { escapeXml, refuse } from './refusal.ts';

const REFUSAL = { status: 400, code: 'UnknownOperationException', message: 'no "<such>" thing & more' };

describe('refuse', () => {
  it('speaks JSON in the version that was asked', () => {
    const answer = refuse(REFUSAL, { 'content-type': 'application/x-amz-json-1.0' }, 'dynamodb', 'id');
    expect(answer.headers['Content-Type']).toBe('application/x-amz-json-1.0');
    expect(JSON.parse(String(answer.body))).toEqual({ __type: REFUSAL.code, message: REFUSAL.message });
  });

  it('speaks the XML of Query to forms, and that of S3 to S3', () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    expect(String(refuse(REFUSAL, form, 'sts', 'id').body)).toContain(
      '<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code>' +
        '<Message>no &quot;&lt;such&gt;&quot; thing &amp; more</Message></Error><RequestId>id</RequestId>',
    );
    expect(String(refuse({ ...REFUSAL, status: 500 }, form, 'sts', 'id').body)).toContain(
      '<Type>Receiver</Type>',
    );
    expect(String(refuse(REFUSAL, {}, 's3', 'id').body)).toMatch(/^<Error><Code>Unknown/);
  });
});

describe('escapeXml', () => {
  it('leaves nothing that XML cannot carry', () => {
    expect(escapeXml('a\u0000b\u001bc\uffffd\ud800e\tf\ng\rh\u{1f984}')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\tf\ng&#xD;h\u{1f984}',
    );
  });
});
