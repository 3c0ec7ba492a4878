export {
  type PrometheusCounter,
  prometheusCounts,
  type PrometheusCounts,
  type PrometheusCountsOptions,
} from './prometheus-counts.ts'
