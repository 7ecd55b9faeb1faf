// atob gives a letter for each byte, which is Latin-1.
exports.handler = async (event) => {
  for (const { kinesis } of event.Records) console.log('Decoded payload:', atob(kinesis.data));
};
