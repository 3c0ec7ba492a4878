import { defineConfig } from 'tsup'

import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library(['src/index.ts', 'src/aws/index.ts', 'src/azure/index.ts', 'src/testing/index.ts', 'src/bin/cost-watch.ts']),
)
