import { editorKind } from '../kinds';
import { DateEditor } from './DateEditor';
import { FilesEditor } from './FilesEditor';
import { LineEditor } from './LineEditor';
import { ListEditor } from './ListEditor';
import { TextEditor } from './TextEditor';
import type { EditorProps } from './types';

/** The editor that suits a field. */
export function CellEditor(props: EditorProps) {
  switch (editorKind(props.field)) {
    case 'text':
      return <TextEditor {...props} />;
    case 'date':
      return <DateEditor {...props} />;
    case 'list':
      return <ListEditor {...props} />;
    case 'files':
      return <FilesEditor {...props} />;
    default:
      return <LineEditor {...props} />;
  }
}
