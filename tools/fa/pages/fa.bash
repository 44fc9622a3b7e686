# SPDX-License-Identifier: MIT OR Apache-2.0
# Made by tools/fa/make_pages.py: completion of fa for bash.
_fa() {
  local word="${COMP_WORDS[COMP_CWORD]}" words=''
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W 'demo check init show lsp merge explain list insight diff export --help --version' -- "$word"))
    return
  fi
  case "${COMP_WORDS[1]}" in
    demo) words='--behavior --check --format --frames --hand-off --help --json --no-trace --only --quiet --report --scene --seed --show-bug --snapshots --threads --trace --version --warm-up --with' ;;
    check) words='--all --allow --architecture --async-safety --baseline --budgets --build --cache --changed --color --config --deny --deny-warnings --dirtymem --dry-run --exclude --fail-fast --fix --force --format --gpu --help --jobs --min-severity --no-cache --no-config --only --output --physics --quiet --shard --skip --stats --strict-annotations --threading --tidy-selftest --timeout --verbose --version --write-baseline' ;;
    explain) words='--all --format --help --version' ;;
    list) words='--category --format --help --raised-by --severity --version' ;;
    insight) words='--directory --help --interval --once --serve --snapshots --version' ;;
    diff) words='--fail-over --fail-over-device --fail-over-tag --format --help --min --version' ;;
    export) words='--help --output --to --version' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _fa fa
