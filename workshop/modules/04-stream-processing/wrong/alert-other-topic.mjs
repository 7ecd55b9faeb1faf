import { alertWith, publish } from './alert-with.mjs';

// Publishes where nobody listens.
export const handler = alertWith({ publish: (text) => publish(text, process.env.OTHER_TOPIC_ARN) });
