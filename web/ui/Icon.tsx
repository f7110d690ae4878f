/** Outlines on a 24 × 24 grid, drawn for this project. Icons accompany words; alone, their button has a label. */
const PATHS = {
  send: 'M4 12 20 4l-5 16-4-7-7-1Z M11 13l4-4',
  attach: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z M4.5 20a7.5 7.5 0 0 1 15 0',
  leave: 'M10 4H5v16h5 M14 8l4 4-4 4 M18 12H9',
  down: 'M12 5v14 M6 13l6 6 6-6',
  up: 'M12 19V5 M6 11l6-6 6 6',
  close: 'M6 6l12 12 M18 6 6 18',
  file: 'M7 3h7l5 5v13H7Z M14 3v5h5',
  picture: 'M4 5h16v14H4Z M4 16l5-5 4 4 2-2 5 5 M15.5 9.5h.01',
  language: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z M3.5 9h17 M3.5 15h17 M12 3c-5 5-5 13 0 18 M12 3c5 5 5 13 0 18',
  warning: 'M12 4 2.5 20h19Z M12 10v5 M12 17.5h.01',
  check: 'm5 13 4 4L19 7',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z M12 7v5l3.5 2',
  retry: 'M20 5v5h-5 M19.5 10a8 8 0 1 0 .5 4',
  sound: 'M4 10v4h3l5 4V6l-5 4Z M15.5 9.5a3.5 3.5 0 0 1 0 5 M18 7a7 7 0 0 1 0 10',
  shield: 'M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6Z',
  more: 'M12 5v.5 M12 11.75v.5 M12 18.5v.5',
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3Z M6 11a6 6 0 0 0 12 0 M12 17v4',
  stop: 'M7 7h10v10H7Z',
  print: 'M7 9V4h10v5 M7 17H4v-8h16v8h-3 M7 14h10v6H7Z',
  save: 'M12 4v11 M7 11l5 5 5-5 M5 20h14',
  edit: 'M4 20l1-4L16 5l3 3L8 19Z M14 7l3 3',
  path: 'M6 20c0-6 12-4 12-10 M6 20h.01 M18 7a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
} as const

export type IconName = keyof typeof PATHS

/** A decorative icon, hidden from screen readers; the words beside it speak. Those with a direction turn in RTL. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
