import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFormRenderer, IFormRendererRegistry } from '@jupyterlab/ui-components';
import * as React from 'react';

type FieldProps = React.ComponentProps<NonNullable<IFormRenderer['fieldRenderer']>>;

/** Says what is wrong with a text; null where nothing is. */
type Check = (text: string) => string | null;

/** As the schema has them: what passes here is kept, and what does not would be refused with a pattern for a reason. */
const SIZE = /^(?:\d+(?:\.\d+)?\s*[kmgt]?(?:i?b)?)?$/i;
const KEY = /^\s*(?:sk-|AIza)/;

/** Has the settings form say in words what a size or a model's name is, and keep it once one is done with it. */
export function addSettingFields(
  forms: IFormRendererRegistry,
  plugin: string,
  trans: TranslationBundle,
): void {
  const size: Check = (text) =>
    SIZE.test(text)
      ? null
      : trans.__(
          '“%1” is no size: write a number with k, m, g or t behind it, such as 512m or 1.5g. Until then it stays as it was.',
          text,
        );
  const model: Check = (text) =>
    KEY.test(text)
      ? trans.__(
          'This looks like a key, and is not kept. Keys are set in the environment or in a .env file; here stands the name of a model.',
        )
      : null;
  const checks = { model, sandboxMemory: size, sandboxTmp: size, sandboxWorkspace: size };
  for (const [name, check] of Object.entries(checks))
    forms.addRenderer(`${plugin}.${name}`, {
      fieldRenderer: (props: FieldProps) => <CheckedText {...props} check={check} />,
    });
}

/** Text that is kept when one leaves it or presses Enter, and not with each letter: half of a size is another one. */
function CheckedText({
  idSchema,
  schema,
  formData,
  onChange,
  check,
}: FieldProps & { readonly check: Check }) {
  const id = idSchema.$id;
  const kept = typeof formData === 'string' ? formData : '';
  const [text, setText] = React.useState(kept);
  React.useEffect(() => {
    setText(kept);
  }, [kept]);
  const problem = check(text.trim());
  const keep = () => {
    if (problem === null && text.trim() !== kept) onChange(text.trim());
  };
  return (
    <div className="wl-SettingField">
      <label htmlFor={id} className="jp-FormGroup-fieldLabel">
        {schema.title}
      </label>
      <div className="jp-inputFieldWrapper">
        <input
          id={id}
          className="form-control"
          type="text"
          value={text}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
          }}
        />
      </div>
      {problem !== null && (
        <div id={`${id}-problem`} className="wl-SettingProblem" role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}
