/**
 * The first language of `wanted` (BCP 47 tags, best first, as a browser tells them) that is in
 * `offered`, whatever the region; `fallback` when none is.
 */
export function chooseLanguage<Language extends string>(
  wanted: readonly string[],
  offered: readonly Language[],
  fallback: Language,
): Language {
  for (const tag of wanted) {
    const [language] = tag.toLowerCase().split('-')
    const found = offered.find((one) => one === language)
    if (found !== undefined) return found
  }
  return fallback
}
