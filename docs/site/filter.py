#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Shows a header to Doxygen as the comments of this project mean it. Prints the header with

- a comment repeated for the overloads that follow without a blank line,
- enumerators and fields that share a line each on its own,
- plain comments above a public member taken for documentation, as people read them,
- members that the standard names (size(), begin(), value_type) documented from members.txt,
- members that are written once for each number of arguments as the one template that a user sees,
- what is for the library alone left out: namespaces detail and os, private parts.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent


def known():
    """members.txt: a name, or Type::name, and what it is."""
    texts = {}
    for line in (HERE / "members.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, text = line.split(None, 1)
            texts[name] = text.strip()
    return texts


def one_template(text):
    """FRAMEALLOC_DEFINE ... FRAMEALLOC_FOR_EACH_ARITY as one variadic template."""
    def unfold(match):
        body = match.group(1).replace("\\\n", "\n")
        body = re.sub(r"template <FRAMEALLOC_LIST types>", "template <class... A>", body)
        body = re.sub(r"\s*FRAMEALLOC_LIST types", ", class... A", body)
        body = re.sub(r"FRAMEALLOC_LIST parameters\s*", "A&&... arguments, ", body)
        body = re.sub(r"\s*FRAMEALLOC_LIST arguments", ", arguments...", body)
        return re.sub(r"[ \t]+\n", "\n", body)
    text = re.sub(r"#define FRAMEALLOC_DEFINE\([^)]*\)[ \t]*\\\n((?:.*\\\n)*.*\n)", unfold, text)
    text = re.sub(r"[ \t]*FRAMEALLOC_FOR_EACH_ARITY\(FRAMEALLOC_DEFINE\)\n", "", text)
    text = re.sub(r"#undef FRAMEALLOC_DEFINE\n", "", text)
    return text


def before_std(text):
    """The header without what it adds to namespace std: hashes and constants of std::ranges."""
    return re.sub(r"\n(// [^\n]*\n)*(template <[^;{]*>\s*)?(struct|constexpr bool|inline constexpr bool)[^;{]*"
                  r"std::(hash|ranges::enable_\w+)<[^;{]*(\{\n.*?\n\};|\{\};|[^;]*;)\n", "\n", text, flags=re.S)


def without_library(text):
    """Bases, constraints and aliases that name what is not for users."""
    text = re.sub(r"\n *requires\(sizeof\.\.\.\(A\) > detail::kMostSited\)", "", text)
    text = re.sub(r"requires requires\([^)]*\) \{[^}]*\}\s*", "", text)
    text = re.sub(r"\balignas\(detail::\w+\) ", "", text)
    text = re.sub(r"\n *friend [^;{(]*;", "", text)
    text = re.sub(r"\n(  \} \w+\{\};)", r"\n\1  ///< Figures of what it is named after.", text)
    text = re.sub(r" : (public |private |protected )?detail::\w+(<[^{]*>)? \{", " {", text)
    return re.sub(r"(using \w+ =)\s*(typename )?detail::[^;]*;", r"\1 unspecified;", text)


def one_a_line(text):
    """Enumerators and fields that share a line, each on its own."""
    def enum(match):
        values = [value.strip() for value in match.group(2).split(",") if value.strip()]
        return match.group(1) + "\n" + "".join(f"  {value},\n" for value in values) + "};"

    def fields(match):
        kind, names, comment = match.groups()
        return "".join(f"\n    {kind} {name.strip()};{comment}" for name in names.split(","))
    text = re.sub(r" /\* [^*\n]* \*/", "", text)
    text = re.sub(r"(enum (?:class )?\w+[^{};\n]*\{)([^{}\n/]*)\};", enum, text)
    return re.sub(r"\n +(std::\w+) (\w+ = 0(?:, \w+ = 0)+);( *///<[^\n]*)", fields, text)


WORD = r"[A-Za-z_]\w*"


def strip(code):
    code = re.sub(r"//.*", "", code)
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', code)
    return re.sub(r"'(?:[^'\\]|\\.)'", "''", code)


NOT_NAMES = {"requires", "noexcept", "decltype", "sizeof", "alignas", "explicit", "throw", "if", "asm"}


def name_of(code):
    """The name that a declaration declares; None for what declares nothing that is documented."""
    code = re.sub(r"\[\[.*?\]\]", "", strip(code), flags=re.S)
    code = re.sub(r"\bFRAMEALLOC_\w+(\((\"\")?\))?", "", code)
    code = re.sub(r"\balignas\([^()]*\)", "", code)
    code = re.sub(r"\s+", " ", code).strip()
    if re.match(r"(namespace|static_assert|extern|friend (class|struct)|template class)\b", code):
        return None
    found = re.search(r"(?:^|> |\) )(?:class|struct|union|enum class|enum) (" + WORD + r")", code)
    if found and "(" not in code[:found.start()]:
        return found.group(1)
    found = re.search(r"(?:^|> )using (" + WORD + r") =", code)
    if found:
        return found.group(1)
    if re.match(r"using\b", code):
        return code.rstrip(";").split("::")[-1].strip()
    found = re.search(r"\boperator ?(\"\"_\w+|\(\)|\[\]|[^\s\w(]+|" + WORD + r"[\w:<>*& ]*)(?= ?\()", code)
    if found:
        return "operator" + found.group(1).strip()
    at = 0
    while True:
        found = re.compile(r"(~?" + WORD + r")\s*\(").search(code, at)
        equals = re.search(r"(?<![=!<>])=(?!=)", code)
        if not found or (equals and equals.start() < found.start() and not code.startswith("template")):
            break
        if found.group(1) not in NOT_NAMES:
            return found.group(1)
        depth, at = 1, found.end()
        while at < len(code) and depth:
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
    head = re.split(r"[{=;\[]", code)[0]
    words = re.findall(WORD, head.rstrip("; ,"))
    return words[-1] if words else None


class Filter:
    def __init__(self, text):
        self.lines = one_a_line(without_library(one_template(before_std(text)))).split("\n")
        self.texts = known()
        self.out = []

    def run(self):
        # A stack of what the braces that are open belong to: "space", (type, hidden) or "body".
        stack, comment, said, pending, hidden = [], [], [], [], None
        for line in self.lines:
            bare = line.strip()
            inside = bool(stack) and stack[-1][0] == "body"
            if not pending and not inside:
                if bare.startswith("//"):
                    comment.append(line)
                    continue
                if bare == "" or bare.startswith("#") or re.match(r"(public|private|protected):", bare):
                    comment, said = [], []
                    if re.match(r"(public|private|protected):", bare) and stack and stack[-1][0] == "type":
                        stack[-1][2] = bare.startswith("private")
                    self.out.append(line)
                    continue
            pending.append(line)
            code = strip("\n".join(pending))
            if not inside and not self.complete(code, stack):
                continue
            if inside:
                self.emit(pending, [], stack)
                self.track(code, stack, None)
                pending = []
                if hidden is not None and len(stack) <= hidden:
                    self.out.append("/// @endcond")
                    hidden = None
                continue
            name = name_of("\n".join(pending))
            kind = self.kind_of(code)
            if kind != "space":
                while comment and "// ---" in comment[0]:
                    comment = comment[1:]
                # Overloads stand under one comment.
                hide = False
                here = comment or (said[1] if said and said[0] == name else [])
                doc = [re.sub(r"(?<!/)//(?!/)", "///", c, count=1) for c in here]
                trailing = "///<" in line
                if trailing:
                    doc = []
                head = re.split(r"\{|(?<!:):(?!:)", code)[0] if kind == "member" else ""
                if re.search(r"\b(detail|os)::", head):
                    doc = []
                    hide = True
                elif not doc and not trailing and name is not None:
                    owner = next((s[1] for s in reversed(stack) if s[0] in ("type", "enum")), None)
                    text = self.texts.get(f"{owner}::{name}") or self.standard(name, owner, code)
                    if text == "-":
                        hide = True
                    elif text:
                        doc = ["/// " + text]
                if kind in ("type", "enum"):
                    said = []
                else:
                    said = [name, here] if here else []
                if hide and hidden is None:
                    hidden = len(stack)
                    doc = ["/// @cond LIBRARY"]
                self.emit(pending, doc, stack)
            else:
                self.emit(pending, [], stack)
                said = []
            comment = []
            self.track(code, stack, (kind, name))
            pending = []
            if hidden is not None and len(stack) <= hidden:
                self.out.append("/// @endcond")
                hidden = None
        return "\n".join(self.out)

    def standard(self, name, owner, code):
        if name is None:
            return None
        if name == owner:
            if re.search(r"= delete", code):
                return "Cannot be copied."
            if re.search(re.escape(name) + r"\s*\(\s*(const )?" + re.escape(name) + r"(<[^>]*>)?\s*&", code):
                return "Copies or moves; what was moved from is empty." if "&&" in code else "Copies."
            return f"Makes one."
        if name == "~" + str(owner):
            return "Ends it."
        if name.startswith("with_") and owner != "SmartAlloc":
            return "Effect: sets what it is named after. Result: the object, so that calls chain."
        return self.texts.get(name)

    @staticmethod
    def complete(code, stack):
        if code.count("(") > code.count(")"):
            return False
        tail = code.rstrip()
        if stack and stack[-1][0] == "enum":
            return tail.endswith((",", "}", ";")) or not tail.endswith(("=",))
        return tail.endswith((";", "{", "}"))

    @staticmethod
    def kind_of(code):
        flat = re.sub(r"\s+", " ", code).strip()
        if re.match(r"(inline )?namespace\b", flat) or flat.startswith("extern \""):
            return "space"
        if re.search(r"(^|> )enum\b[^;()=]*\{$", flat):
            return "enum"
        if re.search(r"(^|> |\) )(class|struct|union)\b[^;()=]*\{", flat):
            return "type"
        return "member"

    def emit(self, lines, doc, stack):
        self.out += doc
        self.out += lines

    def track(self, code, stack, what):
        for char in code:
            if char == "{":
                if what and what[0] == "space":
                    stack.append(["space", None, False])
                elif what and what[0] in ("type", "enum"):
                    stack.append([what[0], what[1], False])
                    what = None
                else:
                    stack.append(["body", None, False])
            elif char == "}":
                if stack:
                    stack.pop()


def main():
    sys.stdout.write(Filter(pathlib.Path(sys.argv[1]).read_text()).run())


main()
