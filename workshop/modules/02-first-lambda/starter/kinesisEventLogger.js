/**
 * Lambda calls this with a batch of records from the stream. It is done with them when the handler returns; when the
 * handler throws, Lambda sends the same batch again.
 */
exports.handler = async (event) => {
  console.log(`A batch of ${event.Records.length}`);
  // To be done: log what the producer sent, of each record, so that a person can read it. Names of unicorns may have
  // letters that English does not have, and some are an emoji.
};
