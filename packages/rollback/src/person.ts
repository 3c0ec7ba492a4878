/** Is that one person? Nobody is two by spelling a name in two ways. */
export const isSamePerson = (one: string, other: string): boolean => nameOf(one) === nameOf(other)

export const nameOf = (who: string): string => who.normalize('NFKC').trim().toLowerCase()
