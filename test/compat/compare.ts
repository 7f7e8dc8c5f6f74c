/** Where two normalised answers differ, as paths with both values. */
export interface Unequal {
  /** `topics{~a}.partitions[0].errorCode`; keys of a keyed list in braces. */
  readonly path: string;
  readonly skerry: unknown;
  readonly kafka: unknown;
}

const missing = '(missing)';

export function differences(skerry: unknown, kafka: unknown, path = ''): Unequal[] {
  if (Object.is(skerry, kafka)) return [];
  if (Array.isArray(skerry) && Array.isArray(kafka)) return ofLists(skerry, kafka, path);
  if (isStruct(skerry) && isStruct(kafka)) return ofStructs(skerry, kafka, path);
  return [{ path, skerry, kafka }];
}

type Struct = Readonly<Record<string, unknown>>;
const isStruct = (value: unknown): value is Struct =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function ofLists(skerry: readonly unknown[], kafka: readonly unknown[], path: string): Unequal[] {
  const found: Unequal[] = [];
  for (let i = 0; i < Math.max(skerry.length, kafka.length); i++) {
    const [one, other] = [i < skerry.length ? skerry[i] : missing, i < kafka.length ? kafka[i] : missing];
    found.push(...differences(one, other, `${path}[]`));
  }
  return found;
}

/** Where the error codes differ, the rest follows from it: it is left out. */
function ofStructs(skerry: Struct, kafka: Struct, path: string): Unequal[] {
  const error = Object.keys(kafka).find(
    (key) => /errorCode$/i.test(key) && key in skerry && skerry[key] !== kafka[key],
  );
  if (error !== undefined) return [{ path: `${path}.${error}`, skerry: skerry[error], kafka: kafka[error] }];
  return [...new Set([...Object.keys(skerry), ...Object.keys(kafka)])].flatMap((key) => {
    const place = path === '' ? key : `${path}.${key}`;
    return differences(key in skerry ? skerry[key] : missing, key in kafka ? kafka[key] : missing, place);
  });
}
