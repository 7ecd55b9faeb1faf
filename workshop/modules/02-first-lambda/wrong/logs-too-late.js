exports.handler = async (event) => {
  for (const { kinesis } of event.Records) {
    setTimeout(
      () => console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8')),
      60_000,
    );
  }
};
