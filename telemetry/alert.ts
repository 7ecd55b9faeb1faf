/** What operations is told, one message at the start of an episode of low magic and one at its end: JSON, published to the topic `wildrydes-alerts`. */
export interface Alert {
  readonly name: string;
  readonly state: 'firing' | 'recovered';
  /** Magic points of the reading that opened or ended the episode. */
  readonly magicPoints: number;
  /** Name + '@' + StatusTime of the episode's first low reading; the same in both messages and in every repetition: subscribers deduplicate by it and the state. */
  readonly episode: string;
  /** StatusTime of the reading, UTC. */
  readonly statusTime: string;
}
