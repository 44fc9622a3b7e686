#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""make_pages.py BIN [--check]: makes tools/fa/pages, the manual pages of fa and its verbs and the completions for bash,
zsh and fish, from what `fa --help` and `fa VERB --help` of the programs in BIN print. With --check nothing is written:
the exit code is 1 when a page is not what the programs say. Verbs that are not in BIN keep the pages that they have."""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "pages"


def text_of(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def roff(text):
    lines = []
    for line in text.rstrip().split("\n"):
        line = line.replace("\\", "\\e").replace("-", "\\-")
        lines.append("\\&" + line if line.startswith((".", "'")) else line)
    return "\n".join(lines)


def page(name, summary, text):
    return (f'.\\" SPDX-License-Identifier: MIT OR Apache-2.0\n.\\" Made by tools/fa/make_pages.py from the program\'s own help.\n'
            f'.TH {name.upper()} 1 "" framealloc "framealloc"\n'
            f".SH NAME\n{name} \\- {roff(summary)}\n.SH DESCRIPTION\n.nf\n{roff(text)}\n.fi\n"
            ".SH SEE ALSO\n.BR fa (1)\n")


def bash(verbs, options):
    cases = "".join(f"    {verb}) words='{' '.join(options[verb])}' ;;\n" for verb in verbs if options.get(verb))
    return f"""# SPDX-License-Identifier: MIT OR Apache-2.0
# Made by tools/fa/make_pages.py: completion of fa for bash.
_fa() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" words=''
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '{' '.join(verbs)} --help --version' -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{cases}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -F _fa fa
"""


def zsh(verbs, summaries, options):
    rows = "".join(f"    '{verb}:{summaries[verb]}'\n" for verb in verbs)
    cases = "".join(f"    {verb}) compadd -- {' '.join(options[verb])}; _files ;;\n" for verb in verbs if options.get(verb))
    return f"""#compdef fa
# SPDX-License-Identifier: MIT OR Apache-2.0
# Made by tools/fa/make_pages.py: completion of fa for zsh.
local -a verbs
verbs=(
{rows})
if (( CURRENT == 2 )); then
  _describe verb verbs
else
  case $words[2] in
{cases}    *) _files ;;
  esac
fi
"""


def fish(verbs, summaries, options):
    out = ["# SPDX-License-Identifier: MIT OR Apache-2.0", "# Made by tools/fa/make_pages.py: completion of fa for fish."]
    for verb in verbs:
        out.append(f"complete -c fa -n __fish_use_subcommand -f -a {verb} -d '{summaries[verb]}'")
        out += [f"complete -c fa -n '__fish_seen_subcommand_from {verb}' -l {option[2:]}" for option in options.get(verb, ())
                if option.startswith("--")]
    return "\n".join(out) + "\n"


def main():
    folder, check = pathlib.Path(sys.argv[1]), "--check" in sys.argv
    top = text_of(folder / "fa", "--help")
    top = top.replace(" (not installed)", "")
    summaries = dict(re.findall(r"^  ([a-z]+) {2,}(.+)$", top, re.M))
    verbs, options, made = list(summaries), {}, {"fa.1": page("fa", "the tools of framealloc", top)}
    for verb in verbs:
        if not (folder / f"fa-{verb}").exists():
            continue
        text = text_of(folder / f"fa-{verb}", "--help")
        options[verb] = sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)))
        made[f"fa-{verb}.1"] = page(f"fa-{verb}", summaries[verb], text)
    complete = all((folder / f"fa-{verb}").exists() for verb in ("demo", "check", "insight", "diff", "export"))
    if complete:
        made["fa.bash"] = bash(verbs, options)
        made["_fa"] = zsh(verbs, summaries, options)
        made["fa.fish"] = fish(verbs, summaries, options)
    wrong = []
    for name, text in made.items():
        path = HERE / name
        if check:
            if not path.exists() or path.read_text() != text:
                wrong.append(name)
        else:
            HERE.mkdir(exist_ok=True)
            path.write_text(text)
    for name in wrong:
        print(f"tools/fa/pages/{name} is not what the programs say: run tools/fa/make_pages.py BIN", file=sys.stderr)
    print(f"pages: {len(made)}")
    return 1 if wrong else 0


sys.exit(main())
