// Generated from grammar.peggy by `npm run grammar`.
// @ts-nocheck
/* eslint-disable */
import type { Ast } from './ast.js'

/** What the parser throws: where it stopped, what it found there and what would have gone on. */
export interface GrammarError extends Error {
  readonly expected: readonly { readonly type: string; readonly text?: string; readonly description?: string }[] | null
  readonly found: string | null
  readonly location: { readonly start: { readonly offset: number } }
  readonly isTooDeep?: boolean
}

/** Parses text. */
export const { parse }: { parse(text: string): Ast } = (function() {
"use strict";
const MOST_DIGITS = 100
const integer = (digits) => (digits.length > MOST_DIGITS ? 2n ** 64n : BigInt(digits))
const MOST_DEPTH = 900
const depthOf = (part) => (Array.isArray(part) ? part.reduce((most, each) => Math.max(most, depthOf(each)), 0) : (part?.depth ?? 0))
function node(at, kind, rest) {
const depth = 1 + Object.values(rest).reduce((most, each) => Math.max(most, depthOf(each)), 0)
if (depth <= MOST_DEPTH) return { at, kind, depth, ...rest }
const message = `the expression is more than ${MOST_DEPTH} operations deep`
throw Object.assign(new SyntaxError(message), { location: { start: { offset: at } }, isTooDeep: true })
}
function chain(first, rest) {
return rest.reduce((left, [operator, at, right]) => node(at, 'binary', { operator, left, right }), first)
}
function signed(signs, operand) {
return signs.reduceRight((inner, [operator, at]) => node(at, 'unary', { operator, operand: inner }), operand)
}
function powers(operands, ats) {
return operands.reduceRight((right, left, index) => node(ats[index], 'binary', { operator: '**', left, right }))
}
class peg$SyntaxError extends SyntaxError {
constructor(message, expected, found, location) {
super(message);
this.expected = expected;
this.found = found;
this.location = location;
this.name = "SyntaxError";
}
format(sources) {
let str = "Error: " + this.message;
if (this.location) {
let src = null;
const st = sources.find(s => s.source === this.location.source);
if (st) {
src = st.text.split(/\r\n|\n|\r/g);
}
const s = this.location.start;
const offset_s = (this.location.source && (typeof this.location.source.offset === "function"))
? this.location.source.offset(s)
: s;
const loc = this.location.source + ":" + offset_s.line + ":" + offset_s.column;
if (src) {
const e = this.location.end;
const filler = "".padEnd(offset_s.line.toString().length, " ");
const line = src[s.line - 1];
const last = s.line === e.line ? e.column : line.length + 1;
const hatLen = (last - s.column) || 1;
str += "\n --> " + loc + "\n"
+ filler + " |\n"
+ offset_s.line + " | " + line + "\n"
+ filler + " | " + "".padEnd(s.column - 1, " ")
+ "".padEnd(hatLen, "^");
} else {
str += "\n at " + loc;
}
}
return str;
}
static buildMessage(expected, found) {
function hex(ch) {
return ch.codePointAt(0).toString(16).toUpperCase();
}
const nonPrintable = Object.prototype.hasOwnProperty.call(RegExp.prototype, "unicode")
? new RegExp("[\\p{C}\\p{Mn}\\p{Mc}]", "gu")
: null;
function unicodeEscape(s) {
if (nonPrintable) {
return s.replace(nonPrintable,  ch => "\\u{" + hex(ch) + "}");
}
return s;
}
function literalEscape(s) {
return unicodeEscape(s
.replace(/\\/g, "\\\\")
.replace(/"/g,  "\\\"")
.replace(/\0/g, "\\0")
.replace(/\t/g, "\\t")
.replace(/\n/g, "\\n")
.replace(/\r/g, "\\r")
.replace(/[\x00-\x0F]/g,          ch => "\\x0" + hex(ch))
.replace(/[\x10-\x1F\x7F-\x9F]/g, ch => "\\x"  + hex(ch)));
}
function classEscape(s) {
return unicodeEscape(s
.replace(/\\/g, "\\\\")
.replace(/\]/g, "\\]")
.replace(/\^/g, "\\^")
.replace(/-/g,  "\\-")
.replace(/\0/g, "\\0")
.replace(/\t/g, "\\t")
.replace(/\n/g, "\\n")
.replace(/\r/g, "\\r")
.replace(/[\x00-\x0F]/g,          ch => "\\x0" + hex(ch))
.replace(/[\x10-\x1F\x7F-\x9F]/g, ch => "\\x"  + hex(ch)));
}
const DESCRIBE_EXPECTATION_FNS = {
literal(expectation) {
return "\"" + literalEscape(expectation.text) + "\"";
},
class(expectation) {
const escapedParts = expectation.parts.map(
part => (Array.isArray(part)
? classEscape(part[0]) + "-" + classEscape(part[1])
: classEscape(part))
);
return "[" + (expectation.inverted ? "^" : "") + escapedParts.join("") + "]" + (expectation.unicode ? "u" : "");
},
any() {
return "any character";
},
end() {
return "end of input";
},
other(expectation) {
return expectation.description;
},
};
function describeExpectation(expectation) {
return DESCRIBE_EXPECTATION_FNS[expectation.type](expectation);
}
function describeExpected(expected) {
const descriptions = expected.map(describeExpectation);
descriptions.sort();
if (descriptions.length > 0) {
let j = 1;
for (let i = 1; i < descriptions.length; i++) {
if (descriptions[i - 1] !== descriptions[i]) {
descriptions[j] = descriptions[i];
j++;
}
}
descriptions.length = j;
}
switch (descriptions.length) {
case 1:
return descriptions[0];
case 2:
return descriptions[0] + " or " + descriptions[1];
default:
return descriptions.slice(0, -1).join(", ")
+ ", or "
+ descriptions[descriptions.length - 1];
}
}
function describeFound(found) {
return found ? "\"" + literalEscape(found) + "\"" : "end of input";
}
return "Expected " + describeExpected(expected) + " but " + describeFound(found) + " found.";
}
}
function peg$parse(input, options) {
options = options !== undefined ? options : {};
const peg$FAILED = {};
const peg$source = options.grammarSource;
const peg$startRuleFunctions = {
Text: peg$parseText,
};
let peg$startRuleFunction = peg$parseText;
const peg$c0 = "or";
const peg$c1 = "and";
const peg$c2 = "==";
const peg$c3 = "!=";
const peg$c4 = ">=";
const peg$c5 = ">";
const peg$c6 = "<=";
const peg$c7 = "<";
const peg$c8 = "in";
const peg$c9 = "<<";
const peg$c10 = ">>>";
const peg$c11 = ">>";
const peg$c12 = "*";
const peg$c13 = "**";
const peg$c14 = "(";
const peg$c15 = ")";
const peg$c16 = "$.";
const peg$c17 = ".";
const peg$c18 = "${";
const peg$c19 = "}";
const peg$c20 = "?";
const peg$c21 = "[";
const peg$c22 = "]";
const peg$c23 = "{";
const peg$c24 = "true";
const peg$c25 = "false";
const peg$c26 = "let";
const peg$c27 = "then";
const peg$c28 = "when";
const peg$c29 = ",";
const peg$c30 = "default";
const peg$c31 = "=>";
const peg$c32 = "asInt";
const peg$c33 = "asFloat";
const peg$c34 = "=";
const peg$c35 = ":";
const peg$c36 = "not";
const peg$c37 = "exclusive";
const peg$c38 = "!";
const peg$c39 = "#";
const peg$c40 = "~";
const peg$c41 = "-";
const peg$c42 = "0";
const peg$c43 = "'";
const peg$c44 = "''";
const peg$c45 = "\"";
const peg$c46 = "\"\"";
const peg$r0 = /^[&\^|]/;
const peg$r1 = /^[+\-]/;
const peg$r2 = /^[%\/]/;
const peg$r3 = /^[+~\-]/;
const peg$r4 = /^[0-9]/;
const peg$r5 = /^[A-Z_]/;
const peg$r6 = /^[A-Za-z_]/;
const peg$r7 = /^[xX]/;
const peg$r8 = /^[0-9a-fA-F]/;
const peg$r9 = /^[bB]/;
const peg$r10 = /^[01]/;
const peg$r11 = /^[eE]/;
const peg$r12 = /^[^']/;
const peg$r13 = /^[^"]/;
const peg$r14 = /^[A-Za-z0-9_]/;
const peg$r15 = /^[ \t\r\n]/;
const peg$e0 = peg$literalExpectation("or", false);
const peg$e1 = peg$literalExpectation("and", false);
const peg$e2 = peg$literalExpectation("==", false);
const peg$e3 = peg$literalExpectation("!=", false);
const peg$e4 = peg$literalExpectation(">=", false);
const peg$e5 = peg$literalExpectation(">", false);
const peg$e6 = peg$literalExpectation("<=", false);
const peg$e7 = peg$literalExpectation("<", false);
const peg$e8 = peg$literalExpectation("in", true);
const peg$e9 = peg$classExpectation(["&", "^", "|"], false, false, false);
const peg$e10 = peg$literalExpectation("<<", false);
const peg$e11 = peg$literalExpectation(">>>", false);
const peg$e12 = peg$literalExpectation(">>", false);
const peg$e13 = peg$classExpectation(["+", "-"], false, false, false);
const peg$e14 = peg$literalExpectation("*", false);
const peg$e15 = peg$classExpectation(["%", "/"], false, false, false);
const peg$e16 = peg$literalExpectation("**", false);
const peg$e17 = peg$classExpectation(["+", "~", "-"], false, false, false);
const peg$e18 = peg$literalExpectation("(", false);
const peg$e19 = peg$literalExpectation(")", false);
const peg$e20 = peg$literalExpectation("$.", false);
const peg$e21 = peg$literalExpectation(".", false);
const peg$e22 = peg$literalExpectation("${", false);
const peg$e23 = peg$literalExpectation("}", false);
const peg$e24 = peg$literalExpectation("?", false);
const peg$e25 = peg$classExpectation([["0", "9"]], false, false, false);
const peg$e26 = peg$literalExpectation("[", false);
const peg$e27 = peg$literalExpectation("]", false);
const peg$e28 = peg$literalExpectation("{", false);
const peg$e29 = peg$literalExpectation("true", false);
const peg$e30 = peg$literalExpectation("false", false);
const peg$e31 = peg$literalExpectation("let", false);
const peg$e32 = peg$literalExpectation("then", false);
const peg$e33 = peg$literalExpectation("when", false);
const peg$e34 = peg$literalExpectation(",", false);
const peg$e35 = peg$literalExpectation("default", false);
const peg$e36 = peg$literalExpectation("=>", false);
const peg$e37 = peg$otherExpectation("asInt() or asFloat()");
const peg$e38 = peg$literalExpectation("asInt", false);
const peg$e39 = peg$literalExpectation("asFloat", false);
const peg$e40 = peg$literalExpectation("=", false);
const peg$e41 = peg$literalExpectation(":", false);
const peg$e42 = peg$classExpectation([["A", "Z"], "_"], false, false, false);
const peg$e43 = peg$otherExpectation("the name of a bin");
const peg$e44 = peg$classExpectation([["A", "Z"], ["a", "z"], "_"], false, false, false);
const peg$e45 = peg$literalExpectation("not", false);
const peg$e46 = peg$literalExpectation("exclusive", false);
const peg$e47 = peg$literalExpectation("!", false);
const peg$e48 = peg$literalExpectation("#", false);
const peg$e49 = peg$literalExpectation("~", false);
const peg$e50 = peg$literalExpectation("-", false);
const peg$e51 = peg$otherExpectation("a key");
const peg$e52 = peg$otherExpectation("a whole number");
const peg$e53 = peg$otherExpectation("a number");
const peg$e54 = peg$literalExpectation("0", false);
const peg$e55 = peg$classExpectation(["x", "X"], false, false, false);
const peg$e56 = peg$classExpectation([["0", "9"], ["a", "f"], ["A", "F"]], false, false, false);
const peg$e57 = peg$classExpectation(["b", "B"], false, false, false);
const peg$e58 = peg$classExpectation(["0", "1"], false, false, false);
const peg$e59 = peg$classExpectation(["e", "E"], false, false, false);
const peg$e60 = peg$otherExpectation("text in quotes");
const peg$e61 = peg$literalExpectation("'", false);
const peg$e62 = peg$classExpectation(["'"], true, false, false);
const peg$e63 = peg$literalExpectation("''", false);
const peg$e64 = peg$literalExpectation("\"", false);
const peg$e65 = peg$classExpectation(["\""], true, false, false);
const peg$e66 = peg$literalExpectation("\"\"", false);
const peg$e67 = peg$otherExpectation("the name of a function");
const peg$e68 = peg$otherExpectation("the name of a variable");
const peg$e69 = peg$otherExpectation("a name");
const peg$e70 = peg$classExpectation([["A", "Z"], ["a", "z"], ["0", "9"], "_"], false, false, false);
const peg$e71 = peg$classExpectation([" ", "\t", "\r", "\n"], false, false, false);
function peg$f0(at, first, rest) {
return rest.length === 0 ? first : node(at, 'logic', { name: 'or', args: [first, ...rest] })
}
function peg$f1(at, first, rest) {
return rest.length === 0 ? first : node(at, 'logic', { name: 'and', args: [first, ...rest] })
}
function peg$f2(left, right) {
return right === null ? left : node(right[0], 'binary', { operator: right[1], left, right: right[2] })
}
function peg$f3() {    return 'in'  }
function peg$f4(first, at, operator, right) {    return [operator, at, right]  }
function peg$f5(first, rest) {
return chain(first, rest)
}
function peg$f6(first, at, operator, right) {    return [operator, at, right]  }
function peg$f7(first, rest) {
return chain(first, rest)
}
function peg$f8(first, at, operator, right) {    return [operator, at, right]  }
function peg$f9(first, rest) {
return chain(first, rest)
}
function peg$f10(first, at, operator, right) {    return [operator, at, right]  }
function peg$f11(first, rest) {
return chain(first, rest)
}
function peg$f12(first, rest) {
return rest.length === 0 ? first : powers([first, ...rest.map(([, each]) => each)], rest.map(([at]) => at))
}
function peg$f13(at, sign) {    return [sign, at]  }
function peg$f14(signs, operand) {    return signed(signs, operand)  }
function peg$f15(at, inner) {    return inner  }
function peg$f16(at, path) {    return node(at, path.kind, path.rest)  }
function peg$f17(at, number, cast) {
return cast === null ? number : node(at, 'call', { name: cast[1] === 'asInt' ? 'toInt' : 'toFloat', args: [number], named: [] })
}
function peg$f18(at, value) {    return node(at, 'string', { value })  }
function peg$f19(at, name) {    return node(at, 'variable', { name })  }
function peg$f20(at, index) {    return node(at, 'placeholder', { index: Number(index) })  }
function peg$f21(at, items) {    return node(at, 'list', { items: items ?? [] })  }
function peg$f22(at, pairs) {    return node(at, 'map', { pairs: pairs ?? [] })  }
function peg$f23(at, value) {    return node(at, 'bool', { value: value === 'true' })  }
function peg$f24(at, definitions, body) {
return node(at, 'let', { definitions, body })
}
function peg$f25(at, branches, otherwise) {
return node(at, 'when', { branches, otherwise })
}
function peg$f26(at, name, args) {
const given = args ?? []
return node(at, 'call', {
name,
args: given.filter((each) => each.kind !== 'named'),
named: given.filter((each) => each.kind === 'named'),
})
}
function peg$f27() {    return text()  }
function peg$f28(name, value) {    return [name, value]  }
function peg$f29(condition, value) {    return [condition, value]  }
function peg$f30(at, name, word) {    return word  }
function peg$f31(at, name, value) {
return node(at, 'named', { name, value })
}
function peg$f32(key, value) {    return [key, value]  }
function peg$f33(at, value) {    return node(at, 'string', { value })  }
function peg$f34(name, args) {    return { kind: 'record', rest: { name, args: args ?? [] } }  }
function peg$f35(bin, parts, ending) {
return { kind: 'path', rest: { bin, parts, ending: ending ?? undefined } }
}
function peg$f36(name) {    return name  }
function peg$f37(at, name, named) {    return { at, name, named: named ?? [] }  }
function peg$f38(at, name, value) {    return { at, name, value }  }
function peg$f39(at) {    return { at, in: 'list', by: 'designator' }  }
function peg$f40(at) {    return { at, in: 'map', by: 'designator' }  }
function peg$f41(at, inverted, inside) {    return { at, in: 'list', inverted, ...inside }  }
function peg$f42(at, inverted, inside) {    return { at, in: 'map', inverted, ...inside }  }
function peg$f43(at, value) {    return { at, in: 'map', by: 'key', value }  }
function peg$f44(sign) {    return sign !== null  }
function peg$f45(first, rest) {
return rest.values !== undefined ? { by: 'values', values: [first, ...rest.values] } : rest.range ? { by: 'valueRange', begin: first, end: rest.end } : { by: 'value', value: first }
}
function peg$f46(end) {    return { range: true, end: end ?? undefined }  }
function peg$f47(values) {    return { values }  }
function peg$f48() {    return {}  }
function peg$f49(start, rest) {
if (rest === null) return { by: 'rank', value: start }
const [end, to] = rest
return to === null ? { by: 'ranks', start, end: end ?? undefined } : { by: 'relativeRanks', start, end: end ?? undefined, to }
}
function peg$f50(start, rest) {
if (rest === null) return { by: 'index', value: start }
const [end, to] = rest
return to === null ? { by: 'indexes', start, end: end ?? undefined } : { by: 'relativeIndexes', start, end: end ?? undefined, to }
}
function peg$f51(first, end) {    return { end: end ?? undefined }  }
function peg$f52(first, values) {    return { values }  }
function peg$f53(first, rest) {
return rest.values === undefined ? { by: 'keyRange', begin: first, end: rest.end } : { by: 'keys', values: [first, ...rest.values] }
}
function peg$f54(at, value) {    return { at, value }  }
function peg$f55(at, value) {    return { at, value }  }
function peg$f56(at, value) {    return { at, value }  }
function peg$f57(at, sign, digits) {
return { at, value: sign === '' || sign === null ? integer(digits) : -integer(digits) }
}
function peg$f58(at, digits) {    return node(at, 'int', { value: integer(digits) })  }
function peg$f59(at, digits) {    return node(at, 'float', { value: Number(digits) })  }
function peg$f60(at, digits) {    return node(at, 'float', { value: Number(digits) })  }
function peg$f61(at, digits) {    return node(at, 'int', { value: integer(digits) })  }
function peg$f62(parts) {    return parts.replaceAll("''", "'")  }
function peg$f63(parts) {    return parts.replaceAll('""', '"')  }
function peg$f64() {    return offset()  }
let peg$currPos = options.peg$currPos | 0;
let peg$savedPos = peg$currPos;
const peg$posDetailsCache = [{ line: 1, column: 1 }];
let peg$maxFailPos = peg$currPos;
let peg$maxFailExpected = options.peg$maxFailExpected || [];
let peg$silentFails = options.peg$silentFails | 0;
let peg$result;
if (options.startRule) {
if (!(options.startRule in peg$startRuleFunctions)) {
throw new Error("Can't start parsing from rule \"" + options.startRule + "\".");
}
peg$startRuleFunction = peg$startRuleFunctions[options.startRule];
}
function text() {
return input.substring(peg$savedPos, peg$currPos);
}
function offset() {
return peg$savedPos;
}
function range() {
return {
source: peg$source,
start: peg$savedPos,
end: peg$currPos,
};
}
function location() {
return peg$computeLocation(peg$savedPos, peg$currPos);
}
function expected(description, location) {
location = location !== undefined
? location
: peg$computeLocation(peg$savedPos, peg$currPos);
throw peg$buildStructuredError(
[peg$otherExpectation(description)],
input.substring(peg$savedPos, peg$currPos),
location
);
}
function error(message, location) {
location = location !== undefined
? location
: peg$computeLocation(peg$savedPos, peg$currPos);
throw peg$buildSimpleError(message, location);
}
function peg$getUnicode(pos = peg$currPos) {
const cp = input.codePointAt(pos);
if (cp === undefined) {
return "";
}
return String.fromCodePoint(cp);
}
function peg$literalExpectation(text, ignoreCase) {
return { type: "literal", text, ignoreCase };
}
function peg$classExpectation(parts, inverted, ignoreCase, unicode) {
return { type: "class", parts, inverted, ignoreCase, unicode };
}
function peg$anyExpectation() {
return { type: "any" };
}
function peg$endExpectation() {
return { type: "end" };
}
function peg$otherExpectation(description) {
return { type: "other", description };
}
function peg$computePosDetails(pos) {
let details = peg$posDetailsCache[pos];
let p;
if (details) {
return details;
} else {
if (pos >= peg$posDetailsCache.length) {
p = peg$posDetailsCache.length - 1;
} else {
p = pos;
while (!peg$posDetailsCache[--p]) {}
}
details = peg$posDetailsCache[p];
details = {
line: details.line,
column: details.column,
};
while (p < pos) {
if (input.charCodeAt(p) === 10) {
details.line++;
details.column = 1;
} else {
details.column++;
}
p++;
}
peg$posDetailsCache[pos] = details;
return details;
}
}
function peg$computeLocation(startPos, endPos, offset) {
const startPosDetails = peg$computePosDetails(startPos);
const endPosDetails = peg$computePosDetails(endPos);
const res = {
source: peg$source,
start: {
offset: startPos,
line: startPosDetails.line,
column: startPosDetails.column,
},
end: {
offset: endPos,
line: endPosDetails.line,
column: endPosDetails.column,
},
};
if (offset && peg$source && (typeof peg$source.offset === "function")) {
res.start = peg$source.offset(res.start);
res.end = peg$source.offset(res.end);
}
return res;
}
function peg$fail(expected) {
if (peg$currPos < peg$maxFailPos) { return; }
if (peg$currPos > peg$maxFailPos) {
peg$maxFailPos = peg$currPos;
peg$maxFailExpected = [];
}
peg$maxFailExpected.push(expected);
}
function peg$buildSimpleError(message, location) {
return new peg$SyntaxError(message, null, null, location);
}
function peg$buildStructuredError(expected, found, location) {
return new peg$SyntaxError(
peg$SyntaxError.buildMessage(expected, found),
expected,
found,
location
);
}
function peg$parseText() {
let s0, s1, s2, s3;
s0 = peg$currPos;
s1 = peg$parse_();
s2 = peg$parseExpression();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s0 = s2;
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseExpression() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseAnd();
if (s2 !== peg$FAILED) {
s3 = [];
s4 = peg$currPos;
s5 = peg$parse_();
if (input.substr(peg$currPos, 2) === peg$c0) {
s6 = peg$c0;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e0); }
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
peg$silentFails++;
s8 = peg$parseNameRest();
peg$silentFails--;
if (s8 === peg$FAILED) {
s7 = undefined;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 !== peg$FAILED) {
s8 = peg$parse_();
s9 = peg$parseAnd();
if (s9 !== peg$FAILED) {
s4 = s9;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = peg$currPos;
s5 = peg$parse_();
if (input.substr(peg$currPos, 2) === peg$c0) {
s6 = peg$c0;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e0); }
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
peg$silentFails++;
s8 = peg$parseNameRest();
peg$silentFails--;
if (s8 === peg$FAILED) {
s7 = undefined;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 !== peg$FAILED) {
s8 = peg$parse_();
s9 = peg$parseAnd();
if (s9 !== peg$FAILED) {
s4 = s9;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f0(s1, s2, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseAnd() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseComparison();
if (s2 !== peg$FAILED) {
s3 = [];
s4 = peg$currPos;
s5 = peg$parse_();
if (input.substr(peg$currPos, 3) === peg$c1) {
s6 = peg$c1;
peg$currPos += 3;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e1); }
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
peg$silentFails++;
s8 = peg$parseNameRest();
peg$silentFails--;
if (s8 === peg$FAILED) {
s7 = undefined;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 !== peg$FAILED) {
s8 = peg$parse_();
s9 = peg$parseComparison();
if (s9 !== peg$FAILED) {
s4 = s9;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = peg$currPos;
s5 = peg$parse_();
if (input.substr(peg$currPos, 3) === peg$c1) {
s6 = peg$c1;
peg$currPos += 3;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e1); }
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
peg$silentFails++;
s8 = peg$parseNameRest();
peg$silentFails--;
if (s8 === peg$FAILED) {
s7 = undefined;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 !== peg$FAILED) {
s8 = peg$parse_();
s9 = peg$parseComparison();
if (s9 !== peg$FAILED) {
s4 = s9;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f1(s1, s2, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseComparison() {
let s0, s1, s2, s3, s4, s5, s6, s7;
s0 = peg$currPos;
s1 = peg$parseBits();
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = peg$parse_();
s4 = peg$parseAt();
s5 = peg$parseComparator();
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s7 = peg$parseBits();
if (s7 !== peg$FAILED) {
s2 = [ s4, s5, s7 ];
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 === peg$FAILED) {
s2 = null;
}
peg$savedPos = s0;
s0 = peg$f2(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseComparator() {
let s0, s1, s2, s3;
if (input.substr(peg$currPos, 2) === peg$c2) {
s0 = peg$c2;
peg$currPos += 2;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e2); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c3) {
s0 = peg$c3;
peg$currPos += 2;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e3); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c4) {
s0 = peg$c4;
peg$currPos += 2;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e4); }
}
if (s0 === peg$FAILED) {
if (input.charCodeAt(peg$currPos) === 62) {
s0 = peg$c5;
peg$currPos++;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e5); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c6) {
s0 = peg$c6;
peg$currPos += 2;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e6); }
}
if (s0 === peg$FAILED) {
if (input.charCodeAt(peg$currPos) === 60) {
s0 = peg$c7;
peg$currPos++;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e7); }
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = input.substr(peg$currPos, 2);
if (s1.toLowerCase() === peg$c8) {
peg$currPos += (2);
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e8); }
}
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
peg$silentFails++;
s3 = peg$parseNameRest();
peg$silentFails--;
if (s3 === peg$FAILED) {
s2 = undefined;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f3();
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
}
}
}
}
}
return s0;
}
function peg$parseBits() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8;
s0 = peg$currPos;
s1 = peg$parseShift();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = input.charAt(peg$currPos);
if (peg$r0.test(s6)) {
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e9); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseShift();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f4(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = input.charAt(peg$currPos);
if (peg$r0.test(s6)) {
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e9); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseShift();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f4(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f5(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseShift() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8;
s0 = peg$currPos;
s1 = peg$parseSum();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c9) {
s6 = peg$c9;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e10); }
}
if (s6 === peg$FAILED) {
if (input.substr(peg$currPos, 3) === peg$c10) {
s6 = peg$c10;
peg$currPos += 3;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e11); }
}
if (s6 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c11) {
s6 = peg$c11;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e12); }
}
}
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseSum();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f6(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c9) {
s6 = peg$c9;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e10); }
}
if (s6 === peg$FAILED) {
if (input.substr(peg$currPos, 3) === peg$c10) {
s6 = peg$c10;
peg$currPos += 3;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e11); }
}
if (s6 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c11) {
s6 = peg$c11;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e12); }
}
}
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseSum();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f6(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f7(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseSum() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8;
s0 = peg$currPos;
s1 = peg$parseProduct();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = input.charAt(peg$currPos);
if (peg$r1.test(s6)) {
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e13); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseProduct();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f8(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = input.charAt(peg$currPos);
if (peg$r1.test(s6)) {
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e13); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseProduct();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f8(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f9(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseProduct() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10;
s0 = peg$currPos;
s1 = peg$parsePower();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = peg$currPos;
s7 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 42) {
s8 = peg$c12;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e14); }
}
if (s8 !== peg$FAILED) {
s9 = peg$currPos;
peg$silentFails++;
if (input.charCodeAt(peg$currPos) === 42) {
s10 = peg$c12;
peg$currPos++;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e14); }
}
peg$silentFails--;
if (s10 === peg$FAILED) {
s9 = undefined;
} else {
peg$currPos = s9;
s9 = peg$FAILED;
}
if (s9 !== peg$FAILED) {
s8 = [s8, s9];
s7 = s8;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 === peg$FAILED) {
s7 = input.charAt(peg$currPos);
if (peg$r2.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e15); }
}
}
if (s7 !== peg$FAILED) {
s6 = input.substring(s6, peg$currPos);
} else {
s6 = s7;
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parsePower();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f10(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
s6 = peg$currPos;
s7 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 42) {
s8 = peg$c12;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e14); }
}
if (s8 !== peg$FAILED) {
s9 = peg$currPos;
peg$silentFails++;
if (input.charCodeAt(peg$currPos) === 42) {
s10 = peg$c12;
peg$currPos++;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e14); }
}
peg$silentFails--;
if (s10 === peg$FAILED) {
s9 = undefined;
} else {
peg$currPos = s9;
s9 = peg$FAILED;
}
if (s9 !== peg$FAILED) {
s8 = [s8, s9];
s7 = s8;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 === peg$FAILED) {
s7 = input.charAt(peg$currPos);
if (peg$r2.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e15); }
}
}
if (s7 !== peg$FAILED) {
s6 = input.substring(s6, peg$currPos);
} else {
s6 = s7;
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parsePower();
if (s8 !== peg$FAILED) {
peg$savedPos = s3;
s3 = peg$f10(s1, s5, s6, s8);
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f11(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parsePower() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8;
s0 = peg$currPos;
s1 = peg$parseUnary();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c13) {
s6 = peg$c13;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e16); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseUnary();
if (s8 !== peg$FAILED) {
s3 = [ s5, s8 ];
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c13) {
s6 = peg$c13;
peg$currPos += 2;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e16); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseUnary();
if (s8 !== peg$FAILED) {
s3 = [ s5, s8 ];
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
peg$savedPos = s0;
s0 = peg$f12(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseUnary() {
let s0, s1, s2, s3, s4, s5;
s0 = peg$currPos;
s1 = [];
s2 = peg$currPos;
s3 = peg$parseAt();
s4 = input.charAt(peg$currPos);
if (peg$r3.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e17); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
peg$savedPos = s2;
s2 = peg$f13(s3, s4);
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$parseAt();
s4 = input.charAt(peg$currPos);
if (peg$r3.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e17); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
peg$savedPos = s2;
s2 = peg$f13(s3, s4);
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
}
s2 = peg$parseOperand();
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f14(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseOperand() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17;
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 40) {
s2 = peg$c14;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parseExpression();
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s6 = peg$c15;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f15(s1, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c16) {
s2 = peg$c16;
peg$currPos += 2;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e20); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parseAfterDollar();
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f16(s1, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseNumber();
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 46) {
s5 = peg$c17;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s7 = peg$parseAt();
s8 = peg$parseCastName();
if (s8 !== peg$FAILED) {
s9 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s10 = peg$c14;
peg$currPos++;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s10 !== peg$FAILED) {
s11 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s12 = peg$c15;
peg$currPos++;
} else {
s12 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s12 !== peg$FAILED) {
s3 = [ s7, s8 ];
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = null;
}
peg$savedPos = s0;
s0 = peg$f17(s1, s2, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseString();
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f18(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.substr(peg$currPos, 2) === peg$c18) {
s2 = peg$c18;
peg$currPos += 2;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e22); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parseVariableName();
if (s3 !== peg$FAILED) {
if (input.charCodeAt(peg$currPos) === 125) {
s4 = peg$c19;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e23); }
}
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f19(s1, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 63) {
s2 = peg$c20;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e24); }
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
s4 = [];
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s5 !== peg$FAILED) {
while (s5 !== peg$FAILED) {
s4.push(s5);
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s3 = input.substring(s3, peg$currPos);
} else {
s3 = s4;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f20(s1, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 91) {
s2 = peg$c21;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e26); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parseConstants();
if (s4 === peg$FAILED) {
s4 = null;
}
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 93) {
s6 = peg$c22;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e27); }
}
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f21(s1, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 123) {
s2 = peg$c23;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e28); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parsePairs();
if (s4 === peg$FAILED) {
s4 = null;
}
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 125) {
s6 = peg$c19;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e23); }
}
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f22(s1, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
if (input.substr(peg$currPos, 4) === peg$c24) {
s3 = peg$c24;
peg$currPos += 4;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e29); }
}
if (s3 === peg$FAILED) {
if (input.substr(peg$currPos, 5) === peg$c25) {
s3 = peg$c25;
peg$currPos += 5;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e30); }
}
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
peg$silentFails++;
s4 = peg$parseNameRest();
peg$silentFails--;
if (s4 === peg$FAILED) {
s3 = undefined;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f23(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.substr(peg$currPos, 3) === peg$c26) {
s2 = peg$c26;
peg$currPos += 3;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e31); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s4 = peg$c14;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseDefinitions();
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s8 = peg$c15;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s8 !== peg$FAILED) {
s9 = peg$parse_();
if (input.substr(peg$currPos, 4) === peg$c27) {
s10 = peg$c27;
peg$currPos += 4;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e32); }
}
if (s10 !== peg$FAILED) {
s11 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s12 = peg$c14;
peg$currPos++;
} else {
s12 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s12 !== peg$FAILED) {
s13 = peg$parse_();
s14 = peg$parseExpression();
if (s14 !== peg$FAILED) {
s15 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s16 = peg$c15;
peg$currPos++;
} else {
s16 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s16 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f24(s1, s6, s14);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.substr(peg$currPos, 4) === peg$c28) {
s2 = peg$c28;
peg$currPos += 4;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e33); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s4 = peg$c14;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$currPos;
s7 = [];
s8 = peg$parseBranch();
while (s8 !== peg$FAILED) {
s7.push(s8);
s8 = peg$currPos;
s9 = peg$currPos;
s10 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s11 = peg$c29;
peg$currPos++;
} else {
s11 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s11 !== peg$FAILED) {
s12 = peg$parse_();
s10 = [s10, s11, s12];
s9 = s10;
} else {
peg$currPos = s9;
s9 = peg$FAILED;
}
if (s9 !== peg$FAILED) {
s9 = peg$parseBranch();
if (s9 === peg$FAILED) {
peg$currPos = s8;
s8 = peg$FAILED;
} else {
s8 = s9;
}
} else {
s8 = s9;
}
}
if (s7.length < 1) {
peg$currPos = s6;
s6 = peg$FAILED;
} else {
s6 = s7;
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s8 = peg$c29;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s8 !== peg$FAILED) {
s9 = peg$parse_();
if (input.substr(peg$currPos, 7) === peg$c30) {
s10 = peg$c30;
peg$currPos += 7;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e35); }
}
if (s10 !== peg$FAILED) {
s11 = peg$currPos;
peg$silentFails++;
s12 = peg$parseNameRest();
peg$silentFails--;
if (s12 === peg$FAILED) {
s11 = undefined;
} else {
peg$currPos = s11;
s11 = peg$FAILED;
}
if (s11 !== peg$FAILED) {
s12 = peg$parse_();
if (input.substr(peg$currPos, 2) === peg$c31) {
s13 = peg$c31;
peg$currPos += 2;
} else {
s13 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e36); }
}
if (s13 !== peg$FAILED) {
s14 = peg$parse_();
s15 = peg$parseExpression();
if (s15 !== peg$FAILED) {
s16 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s17 = peg$c15;
peg$currPos++;
} else {
s17 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s17 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f25(s1, s6, s15);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseFunctionName();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s4 = peg$c14;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseArguments();
if (s6 === peg$FAILED) {
s6 = null;
}
s7 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s8 = peg$c15;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s8 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f26(s1, s2, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
}
}
}
}
}
}
}
}
}
}
return s0;
}
function peg$parseCastName() {
let s0, s1, s2, s3;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$currPos;
if (input.substr(peg$currPos, 5) === peg$c32) {
s2 = peg$c32;
peg$currPos += 5;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e38); }
}
if (s2 === peg$FAILED) {
if (input.substr(peg$currPos, 7) === peg$c33) {
s2 = peg$c33;
peg$currPos += 7;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e39); }
}
}
if (s2 !== peg$FAILED) {
s1 = input.substring(s1, peg$currPos);
} else {
s1 = s2;
}
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
peg$silentFails++;
s3 = peg$parseNameRest();
peg$silentFails--;
if (s3 === peg$FAILED) {
s2 = undefined;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f27();
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e37); }
}
return s0;
}
function peg$parseDefinitions() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = [];
s2 = peg$parseDefinition();
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s5 = peg$c29;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s3 = peg$parseDefinition();
if (s3 === peg$FAILED) {
peg$currPos = s2;
s2 = peg$FAILED;
} else {
s2 = s3;
}
} else {
s2 = s3;
}
}
if (s1.length < 1) {
peg$currPos = s0;
s0 = peg$FAILED;
} else {
s0 = s1;
}
return s0;
}
function peg$parseDefinition() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = peg$parseVariableName();
if (s1 !== peg$FAILED) {
s2 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 61) {
s3 = peg$c34;
peg$currPos++;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e40); }
}
if (s3 !== peg$FAILED) {
s4 = peg$currPos;
peg$silentFails++;
if (input.charCodeAt(peg$currPos) === 61) {
s5 = peg$c34;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e40); }
}
peg$silentFails--;
if (s5 === peg$FAILED) {
s4 = undefined;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseExpression();
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f28(s1, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseBranch() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = peg$currPos;
peg$silentFails++;
s2 = peg$currPos;
if (input.substr(peg$currPos, 7) === peg$c30) {
s3 = peg$c30;
peg$currPos += 7;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e35); }
}
if (s3 !== peg$FAILED) {
s4 = peg$currPos;
peg$silentFails++;
s5 = peg$parseNameRest();
peg$silentFails--;
if (s5 === peg$FAILED) {
s4 = undefined;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s3 = [s3, s4];
s2 = s3;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
peg$silentFails--;
if (s2 === peg$FAILED) {
s1 = undefined;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
s2 = peg$parseExpression();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.substr(peg$currPos, 2) === peg$c31) {
s4 = peg$c31;
peg$currPos += 2;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e36); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseExpression();
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f29(s2, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseArguments() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = [];
s2 = peg$parseArgument();
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s5 = peg$c29;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s3 = peg$parseArgument();
if (s3 === peg$FAILED) {
peg$currPos = s2;
s2 = peg$FAILED;
} else {
s2 = s3;
}
} else {
s2 = s3;
}
}
if (s1.length < 1) {
peg$currPos = s0;
s0 = peg$FAILED;
} else {
s0 = s1;
}
return s0;
}
function peg$parseArgument() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseWord();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s4 = peg$c35;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$currPos;
s7 = peg$currPos;
s8 = [];
s9 = input.charAt(peg$currPos);
if (peg$r5.test(s9)) {
peg$currPos++;
} else {
s9 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e42); }
}
if (s9 !== peg$FAILED) {
while (s9 !== peg$FAILED) {
s8.push(s9);
s9 = input.charAt(peg$currPos);
if (peg$r5.test(s9)) {
peg$currPos++;
} else {
s9 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e42); }
}
}
} else {
s8 = peg$FAILED;
}
if (s8 !== peg$FAILED) {
s7 = input.substring(s7, peg$currPos);
} else {
s7 = s8;
}
if (s7 !== peg$FAILED) {
s8 = peg$currPos;
peg$silentFails++;
s9 = peg$parseNameRest();
peg$silentFails--;
if (s9 === peg$FAILED) {
s8 = undefined;
} else {
peg$currPos = s8;
s8 = peg$FAILED;
}
if (s8 !== peg$FAILED) {
peg$savedPos = s6;
s6 = peg$f30(s1, s2, s7);
} else {
peg$currPos = s6;
s6 = peg$FAILED;
}
} else {
peg$currPos = s6;
s6 = peg$FAILED;
}
if (s6 === peg$FAILED) {
s6 = peg$parseExpression();
}
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f31(s1, s2, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$parseExpression();
}
return s0;
}
function peg$parseConstants() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = [];
s2 = peg$parseUnary();
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s5 = peg$c29;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s3 = peg$parseUnary();
if (s3 === peg$FAILED) {
peg$currPos = s2;
s2 = peg$FAILED;
} else {
s2 = s3;
}
} else {
s2 = s3;
}
}
if (s1.length < 1) {
peg$currPos = s0;
s0 = peg$FAILED;
} else {
s0 = s1;
}
return s0;
}
function peg$parsePairs() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = [];
s2 = peg$parsePair();
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s5 = peg$c29;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s3 = peg$parsePair();
if (s3 === peg$FAILED) {
peg$currPos = s2;
s2 = peg$FAILED;
} else {
s2 = s3;
}
} else {
s2 = s3;
}
}
if (s1.length < 1) {
peg$currPos = s0;
s0 = peg$FAILED;
} else {
s0 = s1;
}
return s0;
}
function peg$parsePair() {
let s0, s1, s2, s3, s4, s5;
s0 = peg$currPos;
s1 = peg$parsePairKey();
if (s1 !== peg$FAILED) {
s2 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s3 = peg$c35;
peg$currPos++;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s3 !== peg$FAILED) {
s4 = peg$parse_();
s5 = peg$parseUnary();
if (s5 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f32(s1, s5);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parsePairKey() {
let s0, s1, s2;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseString();
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f33(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$parseUnary();
}
return s0;
}
function peg$parseAfterDollar() {
let s0, s1, s2, s3, s4, s5, s6, s7;
s0 = peg$currPos;
s1 = peg$parseWord();
if (s1 !== peg$FAILED) {
s2 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s3 = peg$c14;
peg$currPos++;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s3 !== peg$FAILED) {
s4 = peg$parse_();
s5 = peg$parseArguments();
if (s5 === peg$FAILED) {
s5 = null;
}
s6 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s7 = peg$c15;
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s7 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f34(s1, s5);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseBinName();
if (s1 !== peg$FAILED) {
s2 = [];
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 46) {
s5 = peg$c17;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s7 = peg$parsePart();
if (s7 !== peg$FAILED) {
s3 = s7;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
while (s3 !== peg$FAILED) {
s2.push(s3);
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 46) {
s5 = peg$c17;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s7 = peg$parsePart();
if (s7 !== peg$FAILED) {
s3 = s7;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
s3 = peg$currPos;
s4 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 46) {
s5 = peg$c17;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
s7 = peg$parseEnding();
if (s7 !== peg$FAILED) {
s3 = s7;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = null;
}
peg$savedPos = s0;
s0 = peg$f35(s1, s2, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
return s0;
}
function peg$parseBinName() {
let s0, s1, s2, s3, s4, s5, s6;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$currPos;
peg$silentFails++;
s2 = peg$currPos;
s3 = peg$parseReserved();
if (s3 !== peg$FAILED) {
s4 = peg$currPos;
peg$silentFails++;
s5 = peg$parseNameRest();
peg$silentFails--;
if (s5 === peg$FAILED) {
s4 = undefined;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s3 = [s3, s4];
s2 = s3;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
peg$silentFails--;
if (s2 === peg$FAILED) {
s1 = undefined;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = peg$currPos;
s4 = input.charAt(peg$currPos);
if (peg$r6.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e44); }
}
if (s4 !== peg$FAILED) {
s5 = [];
s6 = peg$parseNameRest();
while (s6 !== peg$FAILED) {
s5.push(s6);
s6 = peg$parseNameRest();
}
s4 = [s4, s5];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f36(s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$parseQuoted();
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e43); }
}
return s0;
}
function peg$parseReserved() {
let s0;
if (input.substr(peg$currPos, 3) === peg$c1) {
s0 = peg$c1;
peg$currPos += 3;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e1); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c0) {
s0 = peg$c0;
peg$currPos += 2;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e0); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 3) === peg$c36) {
s0 = peg$c36;
peg$currPos += 3;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e45); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 3) === peg$c26) {
s0 = peg$c26;
peg$currPos += 3;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e31); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 4) === peg$c27) {
s0 = peg$c27;
peg$currPos += 4;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e32); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 4) === peg$c28) {
s0 = peg$c28;
peg$currPos += 4;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e33); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 7) === peg$c30) {
s0 = peg$c30;
peg$currPos += 7;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e35); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 9) === peg$c37) {
s0 = peg$c37;
peg$currPos += 9;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e46); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 4) === peg$c24) {
s0 = peg$c24;
peg$currPos += 4;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e29); }
}
if (s0 === peg$FAILED) {
if (input.substr(peg$currPos, 5) === peg$c25) {
s0 = peg$c25;
peg$currPos += 5;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e30); }
}
}
}
}
}
}
}
}
}
}
return s0;
}
function peg$parseEnding() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseWord();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s4 = peg$c14;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$currPos;
s7 = [];
s8 = peg$parseNamedArgument();
while (s8 !== peg$FAILED) {
s7.push(s8);
s8 = peg$currPos;
s9 = peg$currPos;
s10 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s11 = peg$c29;
peg$currPos++;
} else {
s11 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s11 !== peg$FAILED) {
s12 = peg$parse_();
s10 = [s10, s11, s12];
s9 = s10;
} else {
peg$currPos = s9;
s9 = peg$FAILED;
}
if (s9 !== peg$FAILED) {
s9 = peg$parseNamedArgument();
if (s9 === peg$FAILED) {
peg$currPos = s8;
s8 = peg$FAILED;
} else {
s8 = s9;
}
} else {
s8 = s9;
}
}
if (s7.length < 1) {
peg$currPos = s6;
s6 = peg$FAILED;
} else {
s6 = s7;
}
if (s6 === peg$FAILED) {
s6 = null;
}
s7 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 41) {
s8 = peg$c15;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e19); }
}
if (s8 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f37(s1, s2, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseNamedArgument() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseWord();
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s4 = peg$c35;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseWord();
if (s6 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f38(s1, s2, s6);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parsePart() {
let s0, s1, s2, s3, s4, s5, s6, s7;
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 91) {
s2 = peg$c21;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e26); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 93) {
s4 = peg$c22;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e27); }
}
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f39(s1);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 123) {
s2 = peg$c23;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e28); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 125) {
s4 = peg$c19;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e23); }
}
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f40(s1);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 91) {
s2 = peg$c21;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e26); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parseNot();
s5 = peg$parseByValue();
if (s5 === peg$FAILED) {
s5 = peg$parseByRank();
if (s5 === peg$FAILED) {
s5 = peg$parseByIndex();
}
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 93) {
s7 = peg$c22;
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e27); }
}
if (s7 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f41(s1, s4, s5);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
if (input.charCodeAt(peg$currPos) === 123) {
s2 = peg$c23;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e28); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s4 = peg$parseNot();
s5 = peg$parseByValue();
if (s5 === peg$FAILED) {
s5 = peg$parseByRank();
if (s5 === peg$FAILED) {
s5 = peg$parseByIndex();
if (s5 === peg$FAILED) {
s5 = peg$parseByKey();
}
}
}
if (s5 !== peg$FAILED) {
s6 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 125) {
s7 = peg$c19;
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e23); }
}
if (s7 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f42(s1, s4, s5);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
peg$silentFails++;
s3 = peg$currPos;
s4 = peg$parseWord();
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 40) {
s6 = peg$c14;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e18); }
}
if (s6 !== peg$FAILED) {
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
peg$silentFails--;
if (s3 === peg$FAILED) {
s2 = undefined;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 !== peg$FAILED) {
s3 = peg$parseKey();
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f43(s1, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
}
}
}
return s0;
}
function peg$parseNot() {
let s0, s1, s2, s3;
s0 = peg$currPos;
s1 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 33) {
s2 = peg$c38;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e47); }
}
if (s2 !== peg$FAILED) {
s3 = peg$parse_();
s2 = [s2, s3];
s1 = s2;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 === peg$FAILED) {
s1 = null;
}
peg$savedPos = s0;
s1 = peg$f44(s1);
s0 = s1;
return s0;
}
function peg$parseByValue() {
let s0, s1, s2, s3, s4;
s0 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 61) {
s1 = peg$c34;
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e40); }
}
if (s1 !== peg$FAILED) {
s2 = peg$parse_();
s3 = peg$parseValue();
if (s3 !== peg$FAILED) {
s4 = peg$parseValueRest();
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f45(s3, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseValueRest() {
let s0, s1, s2, s3, s4, s5, s6;
s0 = peg$currPos;
s1 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s2 = peg$c35;
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
s4 = peg$parse_();
s5 = peg$parseValue();
if (s5 !== peg$FAILED) {
s3 = s5;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = null;
}
peg$savedPos = s0;
s0 = peg$f46(s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = [];
s2 = peg$currPos;
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s4 = peg$c29;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseValue();
if (s6 !== peg$FAILED) {
s2 = s6;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 !== peg$FAILED) {
while (s2 !== peg$FAILED) {
s1.push(s2);
s2 = peg$currPos;
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s4 = peg$c29;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s6 = peg$parseValue();
if (s6 !== peg$FAILED) {
s2 = s6;
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
}
} else {
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
peg$savedPos = s0;
s1 = peg$f47(s1);
}
s0 = s1;
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = '';
peg$savedPos = s0;
s1 = peg$f48();
s0 = s1;
}
}
return s0;
}
function peg$parseByRank() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12;
s0 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 35) {
s1 = peg$c39;
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e48); }
}
if (s1 !== peg$FAILED) {
s2 = peg$parse_();
s3 = peg$parsePosition();
if (s3 !== peg$FAILED) {
s4 = peg$currPos;
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s6 = peg$c35;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
s8 = peg$parse_();
s9 = peg$parsePosition();
if (s9 !== peg$FAILED) {
s7 = s9;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 === peg$FAILED) {
s7 = null;
}
s8 = peg$currPos;
s9 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 126) {
s10 = peg$c40;
peg$currPos++;
} else {
s10 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e49); }
}
if (s10 !== peg$FAILED) {
s11 = peg$parse_();
s12 = peg$parseValue();
if (s12 !== peg$FAILED) {
s8 = s12;
} else {
peg$currPos = s8;
s8 = peg$FAILED;
}
} else {
peg$currPos = s8;
s8 = peg$FAILED;
}
if (s8 === peg$FAILED) {
s8 = null;
}
s4 = [ s7, s8 ];
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
if (s4 === peg$FAILED) {
s4 = null;
}
peg$savedPos = s0;
s0 = peg$f49(s3, s4);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseByIndex() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10;
s0 = peg$currPos;
s1 = peg$parsePosition();
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 58) {
s4 = peg$c35;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e41); }
}
if (s4 !== peg$FAILED) {
s5 = peg$currPos;
s6 = peg$parse_();
s7 = peg$parsePosition();
if (s7 !== peg$FAILED) {
s5 = s7;
} else {
peg$currPos = s5;
s5 = peg$FAILED;
}
if (s5 === peg$FAILED) {
s5 = null;
}
s6 = peg$currPos;
s7 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 126) {
s8 = peg$c40;
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e49); }
}
if (s8 !== peg$FAILED) {
s9 = peg$parse_();
s10 = peg$parseKey();
if (s10 !== peg$FAILED) {
s6 = s10;
} else {
peg$currPos = s6;
s6 = peg$FAILED;
}
} else {
peg$currPos = s6;
s6 = peg$FAILED;
}
if (s6 === peg$FAILED) {
s6 = null;
}
s2 = [ s5, s6 ];
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 === peg$FAILED) {
s2 = null;
}
peg$savedPos = s0;
s0 = peg$f50(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseByKey() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8;
s0 = peg$currPos;
s1 = peg$parseKey();
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 45) {
s4 = peg$c41;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e50); }
}
if (s4 !== peg$FAILED) {
s5 = peg$currPos;
s6 = peg$parse_();
s7 = peg$parseKey();
if (s7 !== peg$FAILED) {
s5 = s7;
} else {
peg$currPos = s5;
s5 = peg$FAILED;
}
if (s5 === peg$FAILED) {
s5 = null;
}
peg$savedPos = s2;
s2 = peg$f51(s1, s5);
} else {
peg$currPos = s2;
s2 = peg$FAILED;
}
if (s2 === peg$FAILED) {
s2 = peg$currPos;
s3 = [];
s4 = peg$currPos;
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s6 = peg$c29;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseKey();
if (s8 !== peg$FAILED) {
s4 = s8;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = peg$currPos;
s5 = peg$parse_();
if (input.charCodeAt(peg$currPos) === 44) {
s6 = peg$c29;
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e34); }
}
if (s6 !== peg$FAILED) {
s7 = peg$parse_();
s8 = peg$parseKey();
if (s8 !== peg$FAILED) {
s4 = s8;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
}
peg$savedPos = s2;
s3 = peg$f52(s1, s3);
s2 = s3;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f53(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
return s0;
}
function peg$parseKey() {
let s0, s1, s2, s3, s4, s5, s6, s7;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
s4 = input.charAt(peg$currPos);
if (peg$r6.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e44); }
}
if (s4 !== peg$FAILED) {
s5 = [];
s6 = peg$parseNameRest();
while (s6 !== peg$FAILED) {
s5.push(s6);
s6 = peg$parseNameRest();
}
s4 = [s4, s5];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f54(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
s4 = [];
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s5 !== peg$FAILED) {
while (s5 !== peg$FAILED) {
s4.push(s5);
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s5 = input.charAt(peg$currPos);
if (peg$r6.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e44); }
}
if (s5 !== peg$FAILED) {
s6 = [];
s7 = peg$parseNameRest();
while (s7 !== peg$FAILED) {
s6.push(s7);
s7 = peg$parseNameRest();
}
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f55(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$parseQuoted();
if (s2 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f56(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e51); }
}
return s0;
}
function peg$parseValue() {
let s0;
s0 = peg$parsePosition();
if (s0 === peg$FAILED) {
s0 = peg$parseKey();
}
return s0;
}
function peg$parsePosition() {
let s0, s1, s2, s3, s4, s5;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 45) {
s4 = peg$c41;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e50); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parse_();
s4 = [s4, s5];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = null;
}
s2 = input.substring(s2, peg$currPos);
s3 = peg$currPos;
s4 = [];
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s5 !== peg$FAILED) {
while (s5 !== peg$FAILED) {
s4.push(s5);
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s3 = input.substring(s3, peg$currPos);
} else {
s3 = s4;
}
if (s3 !== peg$FAILED) {
s4 = peg$currPos;
peg$silentFails++;
s5 = peg$parseNameRest();
peg$silentFails--;
if (s5 === peg$FAILED) {
s4 = undefined;
} else {
peg$currPos = s4;
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f57(s1, s2, s3);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e52); }
}
return s0;
}
function peg$parseNumber() {
let s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 48) {
s4 = peg$c42;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e54); }
}
if (s4 !== peg$FAILED) {
s5 = input.charAt(peg$currPos);
if (peg$r7.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e55); }
}
if (s5 !== peg$FAILED) {
s6 = [];
s7 = input.charAt(peg$currPos);
if (peg$r8.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e56); }
}
if (s7 !== peg$FAILED) {
while (s7 !== peg$FAILED) {
s6.push(s7);
s7 = input.charAt(peg$currPos);
if (peg$r8.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e56); }
}
}
} else {
s6 = peg$FAILED;
}
if (s6 !== peg$FAILED) {
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 48) {
s4 = peg$c42;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e54); }
}
if (s4 !== peg$FAILED) {
s5 = input.charAt(peg$currPos);
if (peg$r9.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e57); }
}
if (s5 !== peg$FAILED) {
s6 = [];
s7 = input.charAt(peg$currPos);
if (peg$r10.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e58); }
}
if (s7 !== peg$FAILED) {
while (s7 !== peg$FAILED) {
s6.push(s7);
s7 = input.charAt(peg$currPos);
if (peg$r10.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e58); }
}
}
} else {
s6 = peg$FAILED;
}
if (s6 !== peg$FAILED) {
s4 = [s4, s5, s6];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
peg$silentFails++;
s4 = peg$parseNameRest();
peg$silentFails--;
if (s4 === peg$FAILED) {
s3 = undefined;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f58(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
s4 = [];
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
while (s5 !== peg$FAILED) {
s4.push(s5);
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
if (input.charCodeAt(peg$currPos) === 46) {
s5 = peg$c17;
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s5 !== peg$FAILED) {
s6 = [];
s7 = input.charAt(peg$currPos);
if (peg$r4.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s7 !== peg$FAILED) {
while (s7 !== peg$FAILED) {
s6.push(s7);
s7 = input.charAt(peg$currPos);
if (peg$r4.test(s7)) {
peg$currPos++;
} else {
s7 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s6 = peg$FAILED;
}
if (s6 !== peg$FAILED) {
s7 = peg$currPos;
s8 = input.charAt(peg$currPos);
if (peg$r11.test(s8)) {
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e59); }
}
if (s8 !== peg$FAILED) {
s9 = input.charAt(peg$currPos);
if (peg$r1.test(s9)) {
peg$currPos++;
} else {
s9 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e13); }
}
if (s9 === peg$FAILED) {
s9 = null;
}
s10 = [];
s11 = input.charAt(peg$currPos);
if (peg$r4.test(s11)) {
peg$currPos++;
} else {
s11 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s11 !== peg$FAILED) {
while (s11 !== peg$FAILED) {
s10.push(s11);
s11 = input.charAt(peg$currPos);
if (peg$r4.test(s11)) {
peg$currPos++;
} else {
s11 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s10 = peg$FAILED;
}
if (s10 !== peg$FAILED) {
s8 = [s8, s9, s10];
s7 = s8;
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
} else {
peg$currPos = s7;
s7 = peg$FAILED;
}
if (s7 === peg$FAILED) {
s7 = null;
}
s4 = [s4, s5, s6, s7];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
peg$silentFails++;
s4 = peg$parseNameRest();
peg$silentFails--;
if (s4 === peg$FAILED) {
s3 = undefined;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f59(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = peg$currPos;
s4 = [];
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s5 !== peg$FAILED) {
while (s5 !== peg$FAILED) {
s4.push(s5);
s5 = input.charAt(peg$currPos);
if (peg$r4.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s4 = peg$FAILED;
}
if (s4 !== peg$FAILED) {
s5 = input.charAt(peg$currPos);
if (peg$r11.test(s5)) {
peg$currPos++;
} else {
s5 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e59); }
}
if (s5 !== peg$FAILED) {
s6 = input.charAt(peg$currPos);
if (peg$r1.test(s6)) {
peg$currPos++;
} else {
s6 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e13); }
}
if (s6 === peg$FAILED) {
s6 = null;
}
s7 = [];
s8 = input.charAt(peg$currPos);
if (peg$r4.test(s8)) {
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s8 !== peg$FAILED) {
while (s8 !== peg$FAILED) {
s7.push(s8);
s8 = input.charAt(peg$currPos);
if (peg$r4.test(s8)) {
peg$currPos++;
} else {
s8 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s7 = peg$FAILED;
}
if (s7 !== peg$FAILED) {
s4 = [s4, s5, s6, s7];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
peg$silentFails++;
s4 = peg$parseNameRest();
peg$silentFails--;
if (s4 === peg$FAILED) {
s3 = undefined;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f60(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
s1 = peg$parseAt();
s2 = peg$currPos;
s3 = [];
s4 = input.charAt(peg$currPos);
if (peg$r4.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
if (s4 !== peg$FAILED) {
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = input.charAt(peg$currPos);
if (peg$r4.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e25); }
}
}
} else {
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
s2 = input.substring(s2, peg$currPos);
} else {
s2 = s3;
}
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
peg$silentFails++;
s4 = peg$parseNameRest();
peg$silentFails--;
if (s4 === peg$FAILED) {
s3 = undefined;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f61(s1, s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
}
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e53); }
}
return s0;
}
function peg$parseString() {
let s0, s1;
peg$silentFails++;
s0 = peg$parseQuoted();
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e60); }
}
return s0;
}
function peg$parseQuoted() {
let s0, s1, s2, s3, s4;
s0 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 39) {
s1 = peg$c43;
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e61); }
}
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = [];
s4 = input.charAt(peg$currPos);
if (peg$r12.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e62); }
}
if (s4 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c44) {
s4 = peg$c44;
peg$currPos += 2;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e63); }
}
}
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = input.charAt(peg$currPos);
if (peg$r12.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e62); }
}
if (s4 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c44) {
s4 = peg$c44;
peg$currPos += 2;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e63); }
}
}
}
s2 = input.substring(s2, peg$currPos);
if (input.charCodeAt(peg$currPos) === 39) {
s3 = peg$c43;
peg$currPos++;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e61); }
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f62(s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
if (s0 === peg$FAILED) {
s0 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 34) {
s1 = peg$c45;
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e64); }
}
if (s1 !== peg$FAILED) {
s2 = peg$currPos;
s3 = [];
s4 = input.charAt(peg$currPos);
if (peg$r13.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e65); }
}
if (s4 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c46) {
s4 = peg$c46;
peg$currPos += 2;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e66); }
}
}
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = input.charAt(peg$currPos);
if (peg$r13.test(s4)) {
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e65); }
}
if (s4 === peg$FAILED) {
if (input.substr(peg$currPos, 2) === peg$c46) {
s4 = peg$c46;
peg$currPos += 2;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e66); }
}
}
}
s2 = input.substring(s2, peg$currPos);
if (input.charCodeAt(peg$currPos) === 34) {
s3 = peg$c45;
peg$currPos++;
} else {
s3 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e64); }
}
if (s3 !== peg$FAILED) {
peg$savedPos = s0;
s0 = peg$f63(s2);
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
} else {
peg$currPos = s0;
s0 = peg$FAILED;
}
}
return s0;
}
function peg$parseFunctionName() {
let s0, s1, s2, s3, s4, s5;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$currPos;
s2 = peg$parseWord();
if (s2 !== peg$FAILED) {
s3 = peg$currPos;
if (input.charCodeAt(peg$currPos) === 46) {
s4 = peg$c17;
peg$currPos++;
} else {
s4 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e21); }
}
if (s4 !== peg$FAILED) {
s5 = peg$parseWord();
if (s5 !== peg$FAILED) {
s4 = [s4, s5];
s3 = s4;
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
} else {
peg$currPos = s3;
s3 = peg$FAILED;
}
if (s3 === peg$FAILED) {
s3 = null;
}
s2 = [s2, s3];
s1 = s2;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
s0 = input.substring(s0, peg$currPos);
} else {
s0 = s1;
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e67); }
}
return s0;
}
function peg$parseVariableName() {
let s0, s1, s2, s3, s4;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$currPos;
s2 = input.charAt(peg$currPos);
if (peg$r6.test(s2)) {
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e44); }
}
if (s2 !== peg$FAILED) {
s3 = [];
s4 = peg$parseNameRest();
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = peg$parseNameRest();
}
s2 = [s2, s3];
s1 = s2;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
s0 = input.substring(s0, peg$currPos);
} else {
s0 = s1;
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e68); }
}
return s0;
}
function peg$parseWord() {
let s0, s1, s2, s3, s4;
peg$silentFails++;
s0 = peg$currPos;
s1 = peg$currPos;
s2 = input.charAt(peg$currPos);
if (peg$r6.test(s2)) {
peg$currPos++;
} else {
s2 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e44); }
}
if (s2 !== peg$FAILED) {
s3 = [];
s4 = peg$parseNameRest();
while (s4 !== peg$FAILED) {
s3.push(s4);
s4 = peg$parseNameRest();
}
s2 = [s2, s3];
s1 = s2;
} else {
peg$currPos = s1;
s1 = peg$FAILED;
}
if (s1 !== peg$FAILED) {
s0 = input.substring(s0, peg$currPos);
} else {
s0 = s1;
}
peg$silentFails--;
if (s0 === peg$FAILED) {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e69); }
}
return s0;
}
function peg$parseNameRest() {
let s0;
s0 = input.charAt(peg$currPos);
if (peg$r14.test(s0)) {
peg$currPos++;
} else {
s0 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e70); }
}
return s0;
}
function peg$parseAt() {
let s0, s1;
s0 = peg$currPos;
s1 = '';
peg$savedPos = s0;
s1 = peg$f64();
s0 = s1;
return s0;
}
function peg$parse_() {
let s0, s1;
peg$silentFails++;
s0 = [];
s1 = input.charAt(peg$currPos);
if (peg$r15.test(s1)) {
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e71); }
}
while (s1 !== peg$FAILED) {
s0.push(s1);
s1 = input.charAt(peg$currPos);
if (peg$r15.test(s1)) {
peg$currPos++;
} else {
s1 = peg$FAILED;
if (peg$silentFails === 0) { peg$fail(peg$e71); }
}
}
peg$silentFails--;
return s0;
}
peg$result = peg$startRuleFunction();
const peg$success = (peg$result !== peg$FAILED && peg$currPos === input.length);
function peg$throw() {
if (peg$result !== peg$FAILED && peg$currPos < input.length) {
peg$fail(peg$endExpectation());
}
throw peg$buildStructuredError(
peg$maxFailExpected,
peg$maxFailPos < input.length ? peg$getUnicode(peg$maxFailPos) : null,
peg$maxFailPos < input.length
? peg$computeLocation(peg$maxFailPos, peg$maxFailPos + 1)
: peg$computeLocation(peg$maxFailPos, peg$maxFailPos)
);
}
if (options.peg$library) {
return /** @type {any} */ ({
peg$result,
peg$currPos,
peg$FAILED,
peg$maxFailExpected,
peg$maxFailPos,
peg$success,
peg$throw: peg$success ? undefined : peg$throw,
});
}
if (peg$success) {
return peg$result;
} else {
peg$throw();
}
}
return {
StartRules: ["Text"],
SyntaxError: peg$SyntaxError,
parse: peg$parse,
};
})()
