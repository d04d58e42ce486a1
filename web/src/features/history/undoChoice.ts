import type { RevertedRecord, UndoReport, UndoRequest, UndoScope } from '@/api/changes';

export type Choice = 'free' | 'all' | 'pick';

export interface UndoState {
  choice: Choice;
  picked: ReadonlySet<string>;
  /** Overwrites conflicts in the picked records. */
  force: boolean;
  isConfirming: boolean;
}

export type UndoAction =
  | { type: 'choose'; choice: Choice }
  | { type: 'toggle'; record: string }
  | { type: 'pick'; records: string[] }
  | { type: 'force'; isOn: boolean }
  | { type: 'confirm' }
  | { type: 'back' };

export const UNDECIDED: UndoState = {
  choice: 'free',
  picked: new Set(),
  force: false,
  isConfirming: false,
};

export function undoReducer(state: UndoState, action: UndoAction): UndoState {
  switch (action.type) {
    case 'choose':
      return { ...state, choice: action.choice, isConfirming: false };
    case 'toggle':
      return { ...state, picked: toggled(state.picked, action.record) };
    case 'pick':
      return { ...state, picked: new Set(action.records) };
    case 'force':
      return { ...state, force: action.isOn };
    case 'confirm':
      return { ...state, isConfirming: true };
    case 'back':
      return { ...state, isConfirming: false };
  }
}

function toggled(set: ReadonlySet<string>, item: string) {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

/** Records that an undo could do something about. */
export function pickable(plan: UndoReport): RevertedRecord[] {
  return plan.records.filter(({ outcome }) => outcome === 'restored' || outcome === 'conflict');
}

function chosen(state: UndoState, plan: UndoReport) {
  const records = pickable(plan);
  return state.choice === 'pick'
    ? records.filter((record) => state.picked.has(record.record_id))
    : records;
}

function isForced(state: UndoState) {
  return state.choice === 'all' || (state.choice === 'pick' && state.force);
}

/** Records that the undo as decided would bring back. */
export function willRestore(state: UndoState, plan: UndoReport) {
  const force = isForced(state);
  return chosen(state, plan).filter(({ outcome }) => force || outcome === 'restored').length;
}

/** Records whose later changes the undo as decided would overwrite. */
export function willOverwrite(state: UndoState, plan: UndoReport): RevertedRecord[] {
  if (!isForced(state)) return [];
  return chosen(state, plan).filter(({ outcome }) => outcome === 'conflict');
}

/** A record in conflict may still have cells that are free of it. */
export function canRun(state: UndoState, plan: UndoReport) {
  return chosen(state, plan).length > 0;
}

export function requestOf(state: UndoState, scope: UndoScope): UndoRequest {
  const request: UndoRequest = { ...scope };
  if (state.choice === 'pick') request.records = [...state.picked];
  if (isForced(state)) request.force = true;
  return request;
}

export function others(records: RevertedRecord[]): string[] {
  const names = records.flatMap((record) => (record.conflicts ?? []).map(({ by }) => by));
  return [...new Set(names.filter((name) => name !== undefined))];
}
