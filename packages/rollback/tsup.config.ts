import { defineConfig } from 'tsup'

import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library([
    'src/index.ts',
    'src/notify/index.ts',
    'src/postgres-journal/index.ts',
    'src/sqlite-journal/index.ts',
    'src/terminal/index.ts',
    'src/testing/index.ts',
    'src/bin/cutover.ts',
  ]),
)
