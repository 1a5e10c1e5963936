// Whether anybody can see the window. While nobody can, nothing is asked, drawn or counted.
import { readonly, ref, type Ref } from 'vue';

const visible = ref(document.visibilityState !== 'hidden');
document.addEventListener('visibilitychange', () => {
  visible.value = document.visibilityState !== 'hidden';
});

/** True while the window can be seen. */
export function useVisible(): Readonly<Ref<boolean>> {
  return readonly(visible);
}
