import { afterAll, beforeAll, describe, expect } from 'vitest'
