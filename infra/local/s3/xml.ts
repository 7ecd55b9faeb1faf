import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { escapeXml } from '../gateway/refusal.ts';
import { malformedXml } from './errors.ts';

/** XML of S3's answers and requests. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html */
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An element around others, which are XML already; undefined ones are left out. */
export function element(name: string, ...children: readonly (string | undefined)[]): string {
  return `<${name}>${children.filter((child) => child !== undefined).join('')}</${name}>`;
}

/** An element with text in it; nothing at all for undefined. */
export function leaf(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** A whole document in S3's namespace. */
export function xmlDocument(root: string, ...children: readonly (string | undefined)[]): string {
  const content = children.filter((child) => child !== undefined).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${content}</${root}>`;
}

/**
 * A request's document. Entities of its own and what it would include from elsewhere are not read.
 *
 * @param roots names that the outermost element may have
 * @throws S3Error MalformedXML
 */
export function parseDocument(body: Buffer, ...roots: readonly string[]): XmlElement {
  let root: XmlElement | null;
  try {
    root = parseXml(body.toString('utf8')).root;
  } catch {
    throw malformedXml();
  }
  if (root === null || !roots.includes(localName(root))) throw malformedXml();
  return root;
}

/** Elements of this name directly inside, in order. */
export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return elementsOf(parent).filter((child) => localName(child) === name);
}

/** The first element of this name directly inside. */
export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(parent, name)[0];
}

/** Text of the first element of this name, without the space around it; undefined if there is none. */
export function textOf(parent: XmlElement, name: string): string | undefined {
  return childOf(parent, name)?.text.trim();
}

/**
 * @throws S3Error MalformedXML if it is missing
 */
export function requiredText(parent: XmlElement, name: string): string {
  const text = textOf(parent, name);
  if (text === undefined) throw malformedXml();
  return text;
}

export function elementsOf(parent: XmlElement): XmlElement[] {
  return parent.children.filter((child): child is XmlElement => child instanceof XmlElement);
}

/** Without the prefix of its namespace. */
export function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}
