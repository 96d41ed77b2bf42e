import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in pixels, kept current; a wide screen's until it was measured. */
export function useWidth<E extends Element>() {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(entry.contentRect.width);
    });
    setWidth(element.current.getBoundingClientRect().width || 1_000);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
