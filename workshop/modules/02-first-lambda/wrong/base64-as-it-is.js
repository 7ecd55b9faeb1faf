exports.handler = async (event) => {
  for (const { kinesis } of event.Records) console.log('Payload:', kinesis.data);
};
