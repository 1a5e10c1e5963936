// How a field looks whose secret is stored: as stored, never what it is; and where it stands when that is not the vault.
import { useI18n } from 'vue-i18n';
import type { FieldEntry } from '@/bindings/api';
import type { Item } from './setup';

/** The field, which need not be filled in any more, and what stands in it while it is empty. */
export function useStored(): (field: FieldEntry, item: Item | undefined) => { field: FieldEntry; placeholder?: string } {
  const { t } = useI18n();
  return (field, item) => {
    const where = field.secret ? item?.[field.key] : undefined;
    if (typeof where !== 'string') return { field };
    if (where.startsWith('vault:')) return { field: { ...field, required: false }, placeholder: t('settings.channels.stored') };
    return { field: { ...field, required: false, hint: t('settings.channels.outside', { where }) }, placeholder: where };
  };
}
