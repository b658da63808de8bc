import { numbers, truth } from './address.js'

/** Variables that stand for an option as they are. */
const PLAIN: Record<string, string> = {
  AEROSTRIDE_HOSTS: 'hosts',
  AEROSTRIDE_USER: 'user',
  AEROSTRIDE_PASSWORD: 'password',
  AEROSTRIDE_AUTH_MODE: 'authMode',
  AEROSTRIDE_CLUSTER_NAME: 'clusterName',
}

/** Variables that describe TLS; any of them turns it on. */
const TLS: Record<string, string> = {
  AEROSTRIDE_TLS_CA: 'ca',
  AEROSTRIDE_TLS_CERT: 'cert',
  AEROSTRIDE_TLS_KEY: 'key',
  AEROSTRIDE_TLS_NAME: 'serverName',
}

/** The connect options that the environment gives. Empty variables count as absent. */
export function environmentOptions(environment: NodeJS.ProcessEnv = process.env): Record<string, unknown> {
  const options = pick(environment, PLAIN)
  const alternate = environment['AEROSTRIDE_USE_SERVICES_ALTERNATE'] ?? ''
  if (alternate !== '') options['useServicesAlternate'] = truth(alternate, 'AEROSTRIDE_USE_SERVICES_ALTERNATE')
  const racks = environment['AEROSTRIDE_RACK_IDS'] ?? ''
  if (racks !== '') options['rackIds'] = numbers(racks, 'AEROSTRIDE_RACK_IDS')
  const tls = pick(environment, TLS)
  const encrypted = environment['AEROSTRIDE_TLS'] ?? ''
  if (Object.keys(tls).length > 0) options['tls'] = tls
  else if (encrypted !== '') options['tls'] = truth(encrypted, 'AEROSTRIDE_TLS')
  return options
}

function pick(environment: NodeJS.ProcessEnv, names: Record<string, string>): Record<string, unknown> {
  const entries = Object.entries(names).map(([variable, option]) => [option, environment[variable] ?? ''] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}
