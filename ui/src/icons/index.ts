// The window's own small icons: one stroke, 20 pixels, in the colour of their text. Decorative: the word stands beside
// them or in their button's label.
import { defineComponent, h } from 'vue';

function icon(name: string, ...paths: string[]) {
  return defineComponent({
    name,
    setup: () => () =>
      h('svg', { viewBox: '0 0 20 20', width: 20, height: 20, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false', class: 'icon' },
        paths.map((d) => h('path', { d }))),
  });
}

export const IconOverview = icon('IconOverview', 'M3 14a7 7 0 1 1 14 0', 'M10 14l3-5', 'M3 14h2M15 14h2M10 7v1.2');
export const IconMeters = icon('IconMeters', 'M3 5.5h14v3H3z', 'M3 11.5h14v3H3z', 'M11 5.5v3M7 11.5v3');
export const IconServers = icon('IconServers', 'M3.5 4h13v5h-13z', 'M3.5 11h13v5h-13z', 'M6.5 6.5h.01M6.5 13.5h.01M10 6.5h3.5M10 13.5h3.5');
export const IconBalances = icon('IconBalances', 'M3 6.5h12.5a1.5 1.5 0 0 1 1.5 1.5v7.5H4.5A1.5 1.5 0 0 1 3 14z', 'M3 6.5a1.5 1.5 0 0 1 1-1.4L14 3v3.5', 'M13.5 11h.1');
export const IconQuotas = icon('IconQuotas', 'M7.5 4a3 3 0 1 1 0 6 3 3 0 0 1 0-6z', 'M2.5 16.5c0-3 2.2-4.5 5-4.5 1.2 0 2.2.3 3 .8', 'M12 16.5h5.5M12 13.5h5.5M14.5 10.5h3');
export const IconRenewals = icon('IconRenewals', 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5', 'M7.5 12.5l2 2 3.5-3.5');
export const IconProxy = icon('IconProxy', 'M3 6.5h9.5L10 4M17 13.5H7.5L10 16', 'M15.5 5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z', 'M4.5 12a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z');
export const IconActivity = icon('IconActivity', 'M2.5 10.5h3l2.5-6 4 11 2.5-5h3');
export const IconSettings = icon('IconSettings', 'M4 6h5M13 6h3M4 14h2M10 14h6', 'M11 4.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z', 'M8 12.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z');
export const IconPause = icon('IconPause', 'M7 5v10M13 5v10');
export const IconPlay = icon('IconPlay', 'M6.5 4.5l9 5.5-9 5.5z');
export const IconRefresh = icon('IconRefresh', 'M16 8.5A6.3 6.3 0 0 0 4.6 6.8M4 11.5a6.3 6.3 0 0 0 11.4 1.7', 'M4.3 3.5v3.6h3.6M15.7 16.5v-3.6h-3.6');
export const IconChevronDown = icon('IconChevronDown', 'M5.5 8l4.5 4.5L14.5 8');
export const IconChevronRight = icon('IconChevronRight', 'M8 5.5l4.5 4.5L8 14.5');
export const IconBack = icon('IconBack', 'M12 5.5L7.5 10l4.5 4.5');
export const IconCopy = icon('IconCopy', 'M7 7h9v9H7z', 'M4 13V4h9');
export const IconCheck = icon('IconCheck', 'M4 10.5l4 4 8-9');
export const IconCross = icon('IconCross', 'M5.5 5.5l9 9M14.5 5.5l-9 9');
export const IconPlus = icon('IconPlus', 'M10 4.5v11M4.5 10h11');
export const IconLock = icon('IconLock', 'M5 9h10v7.5H5z', 'M7 9V6.5a3 3 0 0 1 6 0V9');
export const IconBell = icon('IconBell', 'M5 14V9a5 5 0 0 1 10 0v5l1.2 1.2H3.8z', 'M8.5 17.3h3');
export const IconShield = icon('IconShield', 'M10 3l6 2.2v4.3c0 3.6-2.4 6-6 7.5-3.6-1.5-6-3.9-6-7.5V5.2z');
export const IconDownload = icon('IconDownload', 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12');
export const IconFolder = icon('IconFolder', 'M3 5.5h5l1.5 2H17v8.5H3z');
export const IconTable = icon('IconTable', 'M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.9h13M8.5 4.5v11');
export const IconChart = icon('IconChart', 'M3.5 3.5v13h13', 'M6 12l3-4 3 2.5 4-5');
export const IconList = icon('IconList', 'M7 5.5h9.5M7 10h9.5M7 14.5h9.5M3.8 5.5h.1M3.8 10h.1M3.8 14.5h.1');
export const IconCards = icon('IconCards', 'M3.5 4h5.5v5H3.5zM11 4h5.5v5H11zM3.5 11h5.5v5H3.5zM11 11h5.5v5H11z');
export const IconMail = icon('IconMail', 'M3 5h14v10H3z', 'M3 6l7 5 7-5');
export const IconWarning = icon('IconWarning', 'M10 3.5l7.5 13h-15z', 'M10 8.5v3.5M10 14.2v.1');
export const IconInfo = icon('IconInfo', 'M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4z', 'M10 9v4.5M10 6.5v.1');
export const IconStop = icon('IconStop', 'M5.5 5.5h9v9h-9z');
export const IconPower = icon('IconPower', 'M10 3v6.5', 'M6 5.4a6 6 0 1 0 8 0');
export const IconTrash = icon('IconTrash', 'M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6');
export const IconEdit = icon('IconEdit', 'M4 16l.8-3.4 8.6-8.6 2.6 2.6-8.6 8.6z');
export const IconHold = icon('IconHold', 'M10 3.2a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6z', 'M10 6.5V10l2.5 1.5');
export const IconUp = icon('IconUp', 'M10 16V4.5M5 9l5-5 5 5');
export const IconDown = icon('IconDown', 'M10 4v11.5M5 11l5 5 5-5');
export const IconSend = icon('IconSend', 'M3 10l14-6.5-4.5 14-3-6z', 'M9.5 11.5l3-3');
