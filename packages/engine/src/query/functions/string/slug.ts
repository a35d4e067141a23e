/**
 * Slugs: texts for addresses, in lower case with hyphens. `Ærøskøbing, 3. May` is `aeroskobing-3-may`.
 * Latin letters lose their accents; letters of other scripts stay, as addresses may hold them (RFC 3987).
 */

/** Latin letters that Unicode does not take apart into a letter and an accent. */
const latinLetters: ReadonlyMap<string, string> = new Map([
  ['æ', 'ae'],
  ['ð', 'd'],
  ['đ', 'd'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['ĸ', 'k'],
  ['ł', 'l'],
  ['ŋ', 'n'],
  ['ø', 'o'],
  ['œ', 'oe'],
  ['ß', 'ss'],
  ['þ', 'th'],
  ['ŧ', 't'],
])

export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[æðđħıĸłŋøœßþŧ]/g, (letter) => latinLetters.get(letter) ?? letter)
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-|-$/g, '')
    .normalize('NFC')
}
