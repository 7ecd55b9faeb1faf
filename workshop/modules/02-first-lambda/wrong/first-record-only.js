exports.handler = async (event) => {
  const [{ kinesis }] = event.Records;
  console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8'));
};
