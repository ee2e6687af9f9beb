// Sites and cards in words. Unknown stays unknown: never zero, never green.
import { GatewayState, type GatewayStatus, type SiteStatus } from '../gen/ecg/v1/site_pb';
import type { Mark } from '../shared/states';
import { ms } from '../shared/time';
import { t } from './words';

const kDayMs = 86_400_000;
export const kCertificateSoonDays = 14;

export function gatewayMark(state: GatewayState): Mark {
  const s = t().gateway_state;
  switch (state) {
    case GatewayState.ONLINE:
      return { icon: '✓', word: s.online, tone: 'ok' };
    case GatewayState.DEGRADED:
      return { icon: '!', word: s.degraded, tone: 'urgent' };
    case GatewayState.LATE:
      return { icon: '◆', word: s.late, tone: 'urgent' };
    case GatewayState.OFFLINE:
      return { icon: '▣', word: s.offline, tone: 'critical' };
    case GatewayState.ENROLLED:
      return { icon: '?', word: s.enrolled, tone: 'unknown' };
    case GatewayState.RETIRED:
      return { icon: '✕', word: s.retired, tone: 'offline' };
    default:
      return { icon: '?', word: s.unknown, tone: 'unknown' };
  }
}

// The gateway that a site's row tells of: the one heard of last.
export function latestGateway(site: SiteStatus): GatewayStatus | undefined {
  return site.gateways
    .filter((g) => g.state !== GatewayState.RETIRED || site.gateways.length === 1)
    .sort((a, b) => (ms(b.lastHeartbeatAt) ?? 0) - (ms(a.lastHeartbeatAt) ?? 0))[0];
}

export function certificateDays(gateway: GatewayStatus | undefined, now_ms: number): number | undefined {
  const at = ms(gateway?.certificateExpiresAt);
  return at === undefined ? undefined : Math.floor((at - now_ms) / kDayMs);
}

export function reasonText(site: SiteStatus, now_ms: number): string {
  const reasons = t().reasons as Record<string, string>;
  const parts = site.reasonCode ? [reasons[site.reasonCode] ?? site.reasonCode] : [];
  const days = certificateDays(latestGateway(site), now_ms);
  if (days !== undefined && days <= kCertificateSoonDays && site.reasonCode !== 'certificate') parts.push(reasons.certificate);
  return parts.join('; ');
}

export function seconds(value: number | undefined): string {
  if (value === undefined) return '—';
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  return `${Math.floor(value / 60)} min ${String(Math.round(value % 60)).padStart(2, '0')} s`;
}
