// The values of the fields of a form.

/** Returns the text in a field, without spaces around it. */
export function textIn(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === "string" ? value.trim() : "";
}

/** Returns the local time in a field in UNIX seconds, or null if it is empty. */
export function timeIn(form: FormData, field: string): number | null {
  const time = Date.parse(textIn(form, field));
  return Number.isNaN(time) ? null : time / 1000;
}
