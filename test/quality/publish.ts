/** Replaces what stands between `<!-- name: … -->` and `<!-- /name -->`. @throws where the document has no such place */
export function withPart(document: string, name: string, part: string): string {
  const begin = new RegExp(`<!-- ${name}: [^>]*-->`).exec(document);
  const end = document.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index)
    throw new Error(`There is no place for "${name}": add <!-- ${name}: … --> and <!-- /${name} -->.`);
  return `${document.slice(0, begin.index + begin[0].length)}\n\n${part}\n\n${document.slice(end)}`;
}
