import { type Meter, meters } from '../prices/meter.ts'

/** Prefixes of usage types; us-east-1 mostly has none. @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const regions: Readonly<Record<string, string>> = {
  AFS1: 'af-south-1',
  APE1: 'ap-east-1',
  APN1: 'ap-northeast-1',
  APN2: 'ap-northeast-2',
  APN3: 'ap-northeast-3',
  APS1: 'ap-southeast-1',
  APS2: 'ap-southeast-2',
  APS3: 'ap-south-1',
  APS4: 'ap-southeast-3',
  APS5: 'ap-south-2',
  APS6: 'ap-southeast-4',
  CAN1: 'ca-central-1',
  EU: 'eu-west-1',
  EUC1: 'eu-central-1',
  EUC2: 'eu-central-2',
  EUN1: 'eu-north-1',
  EUS1: 'eu-south-1',
  EUS2: 'eu-south-2',
  EUW1: 'eu-west-1',
  EUW2: 'eu-west-2',
  EUW3: 'eu-west-3',
  MEC1: 'me-central-1',
  MES1: 'me-south-1',
  SAE1: 'sa-east-1',
  USE1: 'us-east-1',
  USE2: 'us-east-2',
  USW1: 'us-west-1',
  USW2: 'us-west-2',
}

const byType = new Map<string, readonly Meter[]>()
for (const meter of meters.values()) {
  for (const type of meter.aws?.usageTypes ?? []) byType.set(type, [...(byType.get(type) ?? []), meter])
}

/** `EUC1-Lambda-GB-Second-ARM` of AWS Lambda → eu-central-1, and the meter if we know it. Without a prefix it is us-east-1. */
export function usageTypeOf(
  usageType: string,
  of: { readonly service?: string | undefined; readonly offer?: string | undefined },
): { readonly region: string; readonly meter: Meter | undefined; readonly bare: string } {
  const prefix = /^(EU|[A-Z]{3}\d)-/.exec(usageType)?.[1]
  const bare = prefix === undefined ? usageType : usageType.slice(prefix.length + 1)
  // A region that is newer than this table keeps its prefix: it must not be taken for another one.
  const region = prefix === undefined ? 'us-east-1' : (regions[prefix] ?? prefix)
  const fits = (meter: Meter): boolean =>
    of.offer === undefined ? meter.service === of.service : meter.aws?.offer === of.offer
  return { region, meter: byType.get(bare)?.find(fits), bare }
}
