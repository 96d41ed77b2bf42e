import { useEffect, useReducer } from 'preact/hooks';
import { changed, EMPTY_PAGE, type PageState } from '../page-state';
import { EventFeed } from './event-feed';

/** Everything that the server sends, as it comes. */
export function usePage(): PageState {
  const [state, change] = useReducer(changed, EMPTY_PAGE);
  useEffect(() => {
    const feed = new EventFeed('events', change);
    return () => feed.close();
  }, []);
  return state;
}
