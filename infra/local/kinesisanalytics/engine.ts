/** Properties of one group, by their names. */
export interface PropertyGroup {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}

/** An application, as the engine that runs it sees it. */
export interface EngineApplication {
  readonly name: string;
  /** Milliseconds since the epoch: one that is deleted and created again is another. */
  readonly createdAt: number;
  readonly properties: readonly PropertyGroup[];
}

/** How an application is to be started. */
export interface EngineStart {
  /** True: without the state of earlier runs, which is thrown away. */
  readonly fresh: boolean;
  /** Called, at most once, when the application ends though nobody stopped it. */
  readonly ended: (error: unknown) => void;
}

/** An application while it runs. */
export interface RunningApplication {
  /** Saves its state, and resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * What runs applications. The service is given one, and knows nothing of what it does: on AWS that is the Jar of the
 * application, here an engine of this process.
 */
export interface AnalyticsEngine {
  /**
   * @param running those that run already, the one in question left out
   * @param fresh whether it is to start without its state
   * @returns why the application cannot run as it is beside them, or undefined if it can
   */
  refusal(
    application: EngineApplication,
    running: readonly EngineApplication[],
    fresh: boolean,
  ): string | undefined;
  /** Resolves when the application runs; it goes on from the state that it stopped with. Rejects if it cannot run. */
  start(application: EngineApplication, how: EngineStart): Promise<RunningApplication>;
  /** Throws the state of a deleted application away. */
  forget(application: EngineApplication): Promise<void>;
}
