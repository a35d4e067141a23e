/**
 * Named constants: `math::pi`.
 */

import type { Value } from '@dendrodb/protocol'

export const mathConstants: Readonly<Record<string, Value>> = {
  'math::e': Math.E,
  'math::frac_1_pi': 1 / Math.PI,
  'math::frac_1_sqrt_2': Math.SQRT1_2,
  'math::frac_2_pi': 2 / Math.PI,
  'math::frac_2_sqrt_pi': 2 / Math.sqrt(Math.PI),
  'math::frac_pi_2': Math.PI / 2,
  'math::frac_pi_3': Math.PI / 3,
  'math::frac_pi_4': Math.PI / 4,
  'math::frac_pi_6': Math.PI / 6,
  'math::frac_pi_8': Math.PI / 8,
  'math::inf': Number.POSITIVE_INFINITY,
  'math::ln_10': Math.LN10,
  'math::ln_2': Math.LN2,
  'math::log10_2': Math.log10(2),
  'math::log10_e': Math.LOG10E,
  'math::log2_10': Math.log2(10),
  'math::log2_e': Math.LOG2E,
  'math::neg_inf': Number.NEGATIVE_INFINITY,
  'math::pi': Math.PI,
  'math::sqrt_2': Math.SQRT2,
  'math::tau': 2 * Math.PI,
}
