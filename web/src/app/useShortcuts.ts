import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { showKeyHelp } from './KeyHelp';
import { PAGES } from './navigation';
import { useSchemeToggle } from './useSchemeToggle';

const CHORD_MS = 1200;

export function useShortcuts() {
  const navigate = useNavigate();
  const { toggle } = useSchemeToggle();
  const chordUntil = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (Date.now() < chordUntil.current) {
        chordUntil.current = 0;
        const page = PAGES.find((p) => p.key === event.key);
        if (page) void navigate({ to: page.to });
        return;
      }
      if (event.key === 'g') chordUntil.current = Date.now() + CHORD_MS;
      if (event.key === '?') showKeyHelp();
      if (event.key === 't') toggle();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, toggle]);
}

function isTyping(target: EventTarget | null) {
  return target instanceof HTMLElement && Boolean(target.closest('input, textarea, select'));
}
