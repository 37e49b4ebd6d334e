// Arbitrary JSON texts that match a schema of the protocol, with an emphasis on hostile ones.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";

export interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Protocol {
  readonly $defs: Readonly<Record<string, Schema>>;
  readonly "x-camus": {
    readonly messages: Readonly<
      Record<string, { readonly said: Readonly<Record<string, readonly string[] | string>> }>
    >;
  };
}

const FILE = join(import.meta.dirname, "../../../../docs/protocol.schema.json");
export const protocol = JSON.parse(readFileSync(FILE, "utf-8")) as Protocol;

/** The limits on nesting and digits in the schema's `x-camus`, or a little less. */
const DEPTH = 28;
const DIGITS = 1000;

const strings: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 64 }),
  fc.string({ unit: "grapheme", maxLength: 64 }),
  fc.constantFrom(
    "",
    "Ann",
    "Аnn",
    "\u202eAnn",
    "\u200b",
    "__proto__",
    "﷽".repeat(64),
    `e${"\u0301".repeat(63)}`,
    `https://example.com/${".".repeat(30_000)}`,
    `www.a${")".repeat(30_000)}`,
    "www.a.de ".repeat(3000),
    "\n".repeat(60_000),
    "(".repeat(60_000),
    "🚀".repeat(15_000),
    "<img src=x onerror=alert(1)>",
  ),
);

const numbers: fc.Arbitrary<string> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom("1e300", "-1e300", "-0", "8640000000000001", "1e999", "9".repeat(DIGITS)),
);

const anything: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 3 }),
  numbers,
  strings.map((text) => JSON.stringify(text)),
  fc.constant("[".repeat(DEPTH) + "]".repeat(DEPTH)),
  fc.constant(`{"muted":true,"camera":true,"screen":true}`),
  fc.constant(`{"muted":"","camera":1e999,"screen":[]}`),
);

const objectText = (members: Readonly<Record<string, string>>): string =>
  `{${Object.entries(members)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(",")}}`;

/** Returns JSON texts that match a schema; members named `id` get one of these ids. */
export function jsonTexts(schema: Schema, ids: readonly string[]): fc.Arbitrary<string> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    return jsonTexts(protocol.$defs[name] ?? {}, ids);
  }
  if ("const" in schema) return fc.constant(JSON.stringify(schema.const));
  if (schema.enum) return fc.constantFrom(...schema.enum.map((one) => JSON.stringify(one)));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => jsonTexts(one, ids)));
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["any"]);
  return fc.oneof(...types.map((type) => jsonTextsOfType(type, schema, ids)));
}

function jsonTextsOfType(
  type: string,
  { properties = {}, required = [], items = {} }: Schema,
  ids: readonly string[],
): fc.Arbitrary<string> {
  switch (type) {
    case "null":
      return fc.constant("null");
    case "boolean":
      return fc.constantFrom("true", "false");
    case "number":
    case "integer":
      return numbers;
    case "string":
      return strings.map((text) => JSON.stringify(text));
    case "array":
      return fc
        .array(jsonTexts(items, ids), { maxLength: 4 })
        .map((all) => `[${all.join(",")}]`);
    case "object": {
      const known = Object.entries(properties).map(([name, member]) => {
        const idTexts = fc.constantFrom(...ids).map((id) => JSON.stringify(id));
        return [name, name === "id" ? idTexts : jsonTexts(member, ids)] as const;
      });
      const members = fc.record(Object.fromEntries(known), {
        requiredKeys: required.filter((name) => name in properties),
      });
      return fc
        .tuple(fc.dictionary(strings, anything, { maxKeys: 1 }), members)
        .map(([others, own]) => objectText({ ...others, ...own }));
    }
    default:
      return anything;
  }
}
