exports.handler = async (event) => {
  for (const { kinesis } of event.records) {
    console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8'));
  }
};
