interface SendOptions {
  readonly abortSignal?: AbortSignal
}

export interface MetricAlertLike {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly enabled?: boolean | undefined
  readonly actions?: readonly { readonly actionGroupId?: string | undefined }[] | undefined
}

export interface LogAlertLike {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly enabled?: boolean | undefined
  readonly actions?: { readonly actionGroups?: readonly string[] | undefined } | undefined
}

type ReceiverList = readonly { readonly status?: string | undefined }[] | undefined

export interface ActionGroupLike {
  readonly enabled?: boolean | undefined
  readonly emailReceivers?: ReceiverList
  readonly smsReceivers?: ReceiverList
  readonly webhookReceivers?: readonly unknown[] | undefined
  readonly itsmReceivers?: readonly unknown[] | undefined
  readonly azureAppPushReceivers?: readonly unknown[] | undefined
  readonly automationRunbookReceivers?: readonly unknown[] | undefined
  readonly voiceReceivers?: readonly unknown[] | undefined
  readonly logicAppReceivers?: readonly unknown[] | undefined
  readonly azureFunctionReceivers?: readonly unknown[] | undefined
  readonly armRoleReceivers?: readonly unknown[] | undefined
  readonly eventHubReceivers?: readonly unknown[] | undefined
}

/** The calls that are made. `new MonitorClient(credential, subscriptionId)` of `@azure/arm-monitor` fits as it is. */
export interface MonitorAlertsLike {
  readonly metricAlerts: {
    listByResourceGroup(resourceGroup: string, options?: SendOptions): AsyncIterable<MetricAlertLike>
  }
  readonly metricAlertsStatus: {
    list(
      resourceGroup: string,
      rule: string,
      options?: SendOptions,
    ): Promise<{
      readonly value?:
        | readonly {
            readonly properties?:
              | { readonly status?: string | undefined; readonly timestamp?: Date | undefined }
              | undefined
          }[]
        | undefined
    }>
  }
  readonly scheduledQueryRules: {
    listByResourceGroup(resourceGroup: string, options?: SendOptions): AsyncIterable<LogAlertLike>
  }
  readonly actionGroups: {
    get(resourceGroup: string, name: string, options?: SendOptions): Promise<ActionGroupLike>
  }
}

export interface FiredAlertLike {
  readonly properties?:
    | {
        readonly essentials?:
          | {
              readonly monitorCondition?: string | undefined
              /** The id of the rule. */
              readonly alertRule?: string | undefined
              readonly startDateTime?: Date | string | undefined
            }
          | undefined
      }
    | undefined
}

/** The call that is made. `new AlertsManagementClient(credential, subscriptionId)` of `@azure/arm-alertsmanagement` has it. */
export interface FiredAlertsLike {
  readonly alerts: {
    getAll(
      scope: string,
      options: SendOptions & {
        targetResourceGroup: string
        monitorCondition: 'Fired'
        timeRange: '30d'
        pageCount: number
      },
    ): AsyncIterable<FiredAlertLike>
  }
}
