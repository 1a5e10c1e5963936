// A chart in its place on the page: drawn when it is seen, redrawn when its data, the theme, the language or its size
// changes, and never by time. Which parts of ECharts it needs is told by what draws it.
import { useElementSize } from '@vueuse/core';
import * as echarts from 'echarts/core';
import { onBeforeUnmount, onMounted, shallowRef, watch, type Ref, type WatchSource } from 'vue';
import { useI18n } from 'vue-i18n';
import { useTheme } from '@/composables/useTheme';

/** Draws what `option` gives into `place`, now and after each change of `sources`. */
export function useChart(place: Readonly<Ref<HTMLElement | null>>, option: () => echarts.EChartsCoreOption, sources: WatchSource[]): void {
  const { locale } = useI18n();
  const { shown } = useTheme();
  const { width } = useElementSize(place);
  const drawn = shallowRef<echarts.ECharts>();
  function draw(): void {
    if (!place.value || place.value.clientWidth === 0) return;
    drawn.value ??= echarts.init(place.value);
    drawn.value.resize();
    drawn.value.setOption(option(), { notMerge: true });
  }
  onMounted(draw);
  watch([...sources, shown, locale, width], draw, { flush: 'post' });
  onBeforeUnmount(() => drawn.value?.dispose());
}
