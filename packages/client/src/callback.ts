/** How a result is told: once, with an error or a value; perhaps before the call that asked for it has returned. */
export type Callback<T> = (...result: [error: Error, value: undefined] | [error: undefined, value: T]) => void;

/** The same as a promise, for whoever is in no hurry. */
export function promised<T>(run: (done: Callback<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    run((error, value) => {
      if (error === undefined) resolve(value);
      else reject(error);
    });
  });
}
