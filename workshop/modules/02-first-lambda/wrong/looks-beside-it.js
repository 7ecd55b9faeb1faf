// What is wanted is within `kinesis`.
exports.handler = async (event) => {
  for (const { data } of event.Records) {
    console.log('Decoded payload:', Buffer.from(data ?? '', 'base64').toString('utf8'));
  }
};
