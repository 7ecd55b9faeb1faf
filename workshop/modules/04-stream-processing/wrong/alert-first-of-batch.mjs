import { alertWith } from './alert-with.mjs';

const handle = alertWith({});

// Takes all records of a batch for records of one unicorn.
export const handler = ({ Records }) => {
  const [first] = Records;
  return handle({
    Records: Records.filter(({ kinesis }) => kinesis.partitionKey === first.kinesis.partitionKey),
  });
};
