# SPDX-License-Identifier: MIT OR Apache-2.0
# Prints "file<TAB>line<TAB>target" for each relative link of the Markdown files, and
# "file<TAB>#<TAB>anchor" for each heading, as the address that GitHub gives it.

FNR == 1 { fenced = 0; delete used }

/^[ \t]*```/ { fenced = !fenced; next }
fenced { next }

/^#+ / {
  text = $0
  sub(/^#+ +/, "", text)
  text = tolower(text)
  gsub(/\]\([^)]*\)/, "", text)
  gsub(/[^a-z0-9 _-]/, "", text)
  gsub(/ /, "-", text)
  if (used[text]++) text = text "-" (used[text] - 1)
  printf "%s\t#\t%s\n", FILENAME, text
}

{
  rest = $0
  gsub(/`[^`]*`/, "", rest)
  while (match(rest, /\]\([^) ]+/)) {
    target = substr(rest, RSTART + 2, RLENGTH - 2)
    rest = substr(rest, RSTART + RLENGTH)
    if (target !~ /^[a-z]+:/) printf "%s\t%d\t%s\n", FILENAME, FNR, target
  }
}
