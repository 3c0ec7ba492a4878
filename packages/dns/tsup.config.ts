import { defineConfig } from 'tsup'

import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library(['src/index.ts', 'src/route53/index.ts', 'src/rfc2136/index.ts', 'src/testing/index.ts']),
)
