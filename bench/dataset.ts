/**
 * The records that all subjects hold: six fields, about 160 bytes as canonical bytes, ids 0 … n-1.
 * `section` has 90 values, so that an equality on it returns 222 of 20,000.
 */

export interface Person {
  readonly name: string
  readonly email: string
  readonly age: number
  readonly score: number
  readonly section: string
  readonly about: string
}

const cities = ['Lisbon', 'Oslo', 'Quito', 'Accra', 'Hanoi', 'Turin', 'Perth', 'Lyon', 'Cork', 'Bergen']
export const sections = 90

export function personOf(id: number): Person {
  const city = cities[id % cities.length] as string
  return {
    name: `Person number ${id}`,
    email: `person${id}@example.org`,
    age: 18 + (id % 60),
    score: ((id * 7_919) % 10_000) / 8,
    section: `section-${id % sections}`,
    about: `${city} is where this one lives, for ${id % 40} years`,
  }
}
