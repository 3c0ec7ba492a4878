import type { Meter } from './meter.ts'

const of =
  (serviceName: string, productName: string, service: string, category: Meter['category']) =>
  (id: string, unit: string, skuName: string, meterName: string, grant?: string): Meter => ({
    id,
    cloud: 'azure',
    service,
    category,
    unit,
    azure: { serviceName, productName, skuName, meterName },
    grant,
  })

const consumption = of('Functions', 'Functions', 'Azure Functions', 'Compute')
const flex = of('Functions', 'Flex Consumption', 'Azure Functions', 'Compute')
const premium = of('Functions', 'Premium Functions', 'Azure Functions', 'Compute')
const queues = of('Storage', 'Queues v2', 'Storage Accounts', 'Storage')
const blob = of('Storage', 'General Block Blob v2', 'Storage Accounts', 'Storage')
const bus = of('Service Bus', 'Service Bus', 'Service Bus', 'Integration')
const serverless = of('Azure Cosmos DB', 'Azure Cosmos DB serverless', 'Azure Cosmos DB', 'Databases')
const cosmos = of('Azure Cosmos DB', 'Azure Cosmos DB', 'Azure Cosmos DB', 'Databases')
const bandwidth = of('Bandwidth', 'Rtn Preference: MGN', 'Bandwidth', 'Networking')
const frontDoor = of('Azure Front Door Service', 'Azure Front Door', 'Azure Front Door', 'Networking')

/** Names as the Retail Prices API and the bill have them. @see https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices */
export const azureMeters: readonly Meter[] = [
  consumption('functions/executions', 'Executions', 'Standard', 'Standard Total Executions', 'functions/executions'),
  consumption('functions/gb-seconds', 'GB-Seconds', 'Standard', 'Standard Execution Time', 'functions/gb-seconds'),
  flex('flex/executions', 'Executions', 'On Demand', 'On Demand Total Executions', 'flex/executions'),
  flex('flex/gb-seconds', 'GB-Seconds', 'On Demand', 'On Demand Execution Time', 'flex/gb-seconds'),
  flex('flex/always-ready/executions', 'Executions', 'Always Ready', 'Always Ready Total Executions'),
  flex('flex/always-ready/gb-seconds', 'GB-Seconds', 'Always Ready', 'Always Ready Execution Time'),
  flex('flex/always-ready/baseline-gb-seconds', 'GB-Seconds', 'Always Ready', 'Always Ready Baseline'),
  premium('premium/vcpu-hours', 'vCPU-Hours', 'Premium', 'Premium vCPU Duration'),
  premium('premium/gib-hours', 'GiB-Hours', 'Premium', 'Premium Memory Duration'),
  queues('storage-queue/operations/class-1', 'Requests', 'Standard LRS', 'LRS Class 1 Operations'),
  queues('storage-queue/operations/class-2', 'Requests', 'Standard LRS', 'Class 2 Operations'),
  queues('storage-queue/gb-months', 'GB-Months', 'Standard LRS', 'LRS Data Stored'),
  blob('blob/gb-months/hot-lrs', 'GB-Months', 'Hot LRS', 'Hot LRS Data Stored'),
  blob('blob/operations/write', 'Requests', 'Hot LRS', 'Hot LRS Write Operations'),
  blob('blob/operations/read', 'Requests', 'Hot LRS', 'Hot Read Operations'),
  blob('blob/operations/other', 'Requests', 'Hot LRS', 'All Other Operations'),
  bus('service-bus/operations/basic', 'Operations', 'Basic', 'Basic Messaging Operations'),
  bus('service-bus/operations/standard', 'Operations', 'Standard', 'Standard Messaging Operations'),
  bus('service-bus/base-hours', 'Hours', 'Standard', 'Standard Base Unit'),
  bus('service-bus/premium-unit-hours', 'Hours', 'Premium', 'Premium Messaging Unit'),
  serverless('cosmos/serverless-rus', 'Request Units', 'RUs', '1M RUs'),
  cosmos('cosmos/gb-months', 'GB-Months', 'RUs', 'Data Stored'),
  bandwidth('azure/egress-gb', 'GB', 'Standard', 'Standard Data Transfer Out', 'azure/egress-gb'),
  frontDoor('front-door/requests', 'Requests', 'Standard', 'Standard Requests'),
  frontDoor('front-door/base-months', 'Months', 'Standard', 'Standard Base Fees'),
  frontDoor('front-door/egress-gb', 'GB', 'Standard', 'Standard Data Transfer Out'),
]
