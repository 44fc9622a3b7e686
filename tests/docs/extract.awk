# SPDX-License-Identifier: MIT OR Apache-2.0
# Takes the C++ blocks out of Markdown files. Variables: out = folder to write into.
#
#   ```cpp                                            a whole translation unit: <out>/unit_<n>.cpp
#   <!-- fa:snippet fragment --> before ```cpp        statements: a function of <out>/fragments.cpp
#   <!-- fa:snippet skip: reason --> before ```cpp    pseudo code: counted and listed, not compiled
#
# A mark holds for the block that follows it, with nothing but blank lines between. #line lets the
# compiler name the document and its line.

function fail(text) {
  printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
  failed = 1
}

BEGIN { fragments = out "/fragments.cpp"; printf "" > fragments }

FNR == 1 {
  if (inside) { printf "%s: a code block is not closed\n", before > "/dev/stderr"; failed = 1 }
  inside = 0; mark = ""; before = FILENAME
}

inside && /^[ \t]*```[ \t]*$/ {
  if (kind == "unit") close(unit)
  if (kind == "fragment") printf "}}\n" > fragments
  inside = 0; mark = ""
  next
}

inside {
  if (kind == "unit") print > unit
  if (kind == "fragment") {
    # An #include cannot stand in a function; it goes to the head of the file.
    if ($0 ~ /^[ \t]*#[ \t]*include/) { heads = heads $0 "\n"; print "" > fragments }
    else print > fragments
  }
  next
}

/^[ \t]*```(cpp|c\+\+)[ \t]*$/ {
  inside = 1
  if (mark == "fragment") {
    kind = "fragment"; n_fragments++
    printf "static void fragment_%d([[maybe_unused]] fa::SmartAlloc& alloc) {{\n#line %d \"%s\"\n", n_fragments, FNR + 1, FILENAME > fragments
  } else if (mark ~ /^skip/) {
    kind = "skip"; n_skips++
    skips = skips sprintf("  %s:%d %s\n", FILENAME, FNR, mark)
  } else {
    kind = "unit"; n_units++
    unit = sprintf("%s/unit_%03d.cpp", out, n_units)
    printf "#line %d \"%s\"\n", FNR + 1, FILENAME > unit
  }
  next
}

/^[ \t]*```/ { inside = 1; kind = "other"; mark = ""; next }

/^[ \t]*<!-- *fa:snippet/ {
  mark = $0
  sub(/.*<!-- *fa:snippet */, "", mark); sub(/ *-->.*/, "", mark)
  if (mark != "fragment" && mark !~ /^skip: *[^ ]/) {
    fail("'" mark "' is neither 'fragment' nor 'skip: reason'")
    mark = ""
  }
  next
}

!/^[ \t]*$/ { if (mark != "") fail("the mark before this line has no ```cpp block"); mark = "" }

END {
  if (inside) { printf "%s: a code block is not closed\n", before > "/dev/stderr"; failed = 1 }
  close(fragments)
  printf "%s", heads > (out "/fragment_includes.hpp")
  printf "C++ blocks: %d whole, %d fragments, %d skipped\n%s", n_units, n_fragments, n_skips, skips
  exit failed
}
