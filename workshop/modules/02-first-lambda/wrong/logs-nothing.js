exports.handler = async (event) =>
  event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString('utf8'));
