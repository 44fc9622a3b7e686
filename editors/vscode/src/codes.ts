// SPDX-License-Identifier: MIT OR Apache-2.0
// What the codes mean: the library's manifest, put in when the extension is built.
import rows from './generated/codes.json';

export interface Code {
  id: string;
  slug: string;
  severity: string;
  category: string;
  meaning: string;
  help: string;
}

export const codes: readonly Code[] = rows.codes;

const byId = new Map(codes.map((code) => [code.id, code]));

/** Result: the code that "FA601", "601" or its slug names. */
export function findCode(text: string): Code | undefined {
  const wanted = text.trim();
  return byId.get(wanted.toUpperCase()) ?? byId.get(`FA${wanted}`) ?? codes.find((code) => code.slug === wanted);
}

/** The page of a code is in the extension, so that it is there without a network. */
export const pageOfCode = (code: string): string => `command:framealloc.explainCode?${encodeURIComponent(JSON.stringify([code]))}`;

/** Result: the page of a code, as Markdown. */
export function describe(code: Code): string {
  return `# ${code.id} ${code.slug}

**${code.severity}** · ${code.category}

${sentence(code.meaning)}

## What to do

${sentence(code.help)}

## To allow it

\`\`\`cpp
something();  // fa:allow(${code.id}): why it is no mistake here
\`\`\`

A whole file: \`// fa:allow-file(${code.id}): reason\`; a project: \`[lints.levels]\` in \`.fa.toml\`.
`;
}

function sentence(text: string): string {
  return text === '' ? '' : text[0]!.toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}
