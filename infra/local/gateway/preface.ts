import type { Socket } from 'node:net';

/** What an HTTP/2 client with prior knowledge sends first. Source: https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Long enough for any client that means to speak; a connection that stays silent is closed. */
const SILENCE = 60_000;

/**
 * Tells HTTP/2 from HTTP/1.1 by a connection's first bytes, which may come one by one, and puts them back.
 * Calls `decided` once; never if the client leaves before it has said enough.
 */
export function detectVersion(socket: Socket, decided: (version: 'http1' | 'http2') => void): void {
  let heard: Buffer = Buffer.alloc(0);

  const onReadable = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
    const compared = Math.min(heard.length, PREFACE.length);
    const isPreface = heard.compare(PREFACE, 0, compared, 0, compared) === 0;
    if (isPreface && compared < PREFACE.length) return;
    leave();
    socket.unshift(heard);
    decided(isPreface ? 'http2' : 'http1');
  };
  const onSilence = () => socket.destroy();
  const leave = () => {
    socket.off('readable', onReadable).off('end', onSilence).off('timeout', onSilence);
    socket.setTimeout(0);
  };

  socket.on('readable', onReadable).on('end', onSilence).on('timeout', onSilence);
  socket.setTimeout(SILENCE);
}
