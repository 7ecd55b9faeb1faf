/** The other side of `Children.load`: does what it is asked, and ends with whoever asks. */
export function answerTasks(tasks: Readonly<Record<string, (body: never) => unknown>>): void {
  process.on('message', (message: { task: string; body: never }) => {
    void (async () => {
      try {
        const task = tasks[message.task];
        if (task === undefined) throw new Error('no such task');
        process.send?.({ ok: await task(message.body) });
      } catch (error) {
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  endWithParent();
}

/** Tells where this process serves, and ends with whoever started it. */
export function serving(port: number): void {
  process.send?.({ endpoint: `http://127.0.0.1:${port}` });
  endWithParent();
}

function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
