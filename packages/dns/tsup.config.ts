import { defineConfig } from 'tsup'

import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library([
    'src/index.ts',
    'src/route53/index.ts',
    'src/rfc2136/index.ts',
    'src/azure-dns/index.ts',
    'src/traffic-manager/index.ts',
    'src/resolver/index.ts',
    'src/app-service/index.ts',
    'src/callers/lambda/index.ts',
    'src/callers/ssm/index.ts',
    'src/callers/app-configuration/index.ts',
    'src/plan/node/index.ts',
    'src/testing/index.ts',
  ]),
)
