/** Writes text to where a view goes. */
export type Print = (text: string) => void;
