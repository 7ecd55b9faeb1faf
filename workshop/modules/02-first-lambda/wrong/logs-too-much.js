exports.handler = async (event) => {
  for (const { kinesis } of event.Records) {
    console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8'));
    console.log('.'.repeat(5_000));
  }
};
