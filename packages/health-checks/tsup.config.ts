import { defineConfig } from 'tsup'

import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library([
    'src/index.ts',
    'src/before-the-night/api-gateway/index.ts',
    'src/discrepancies/function-app/index.ts',
    'src/discrepancies/lambda/index.ts',
    'src/run-phase/sqs/index.ts',
    'src/run-phase/storage-queue/index.ts',
    'src/sources/azure-monitor/index.ts',
    'src/sources/cloudwatch/index.ts',
    'src/sources/prometheus/index.ts',
    'src/testing/index.ts',
  ]),
)
