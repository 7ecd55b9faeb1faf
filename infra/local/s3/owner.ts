import { element, leaf } from './xml.ts';

/** Canonical user id of the one account. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html */
export const OWNER_ID = '0'.repeat(64);

/** Who owns everything. */
export const OWNER = element('Owner', leaf('ID', OWNER_ID));
export const INITIATOR = element('Initiator', leaf('ID', OWNER_ID));
