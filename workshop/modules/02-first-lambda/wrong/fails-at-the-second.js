let position = '';

exports.handler = async (event) => {
  for (const { eventID, kinesis } of event.Records) {
    if (position !== '' && eventID > position) throw new Error('out of order');
    position = eventID;
    console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8'));
  }
  position = '';
};
