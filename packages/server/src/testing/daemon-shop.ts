/** What tests of the daemon API begin with. */

import { expect } from 'vitest'
import { rootToken } from './test-server.ts'

export const asRoot = (body?: unknown) => ({ token: rootToken, body })
export const head = expect.stringMatching(/^b2:[0-9a-f]{64}$/)

export const shopInit = {
  name: 'shop',
  init: {
    indexes: [
      ['product', 'price', 'ordered'],
      ['product', 'name', 'search'],
    ],
    seed: {
      product: [{ _id: 'lamp', name: 'Lamp', price: 20 }, { id: 'product:bulb', price: 3 }, { price: 1 }],
    },
    links: [['product:lamp', 'needs', 'product:bulb']],
  },
}
