# SPDX-License-Identifier: MIT OR Apache-2.0
# Made by tools/fa/make_pages.py: completion of fa for fish.
complete -c fa -n __fish_use_subcommand -f -a demo -d 'play a game loop on framealloc and on malloc, and compare the two'
complete -c fa -n '__fish_seen_subcommand_from demo' -l behavior
complete -c fa -n '__fish_seen_subcommand_from demo' -l check
complete -c fa -n '__fish_seen_subcommand_from demo' -l format
complete -c fa -n '__fish_seen_subcommand_from demo' -l frames
complete -c fa -n '__fish_seen_subcommand_from demo' -l hand-off
complete -c fa -n '__fish_seen_subcommand_from demo' -l help
complete -c fa -n '__fish_seen_subcommand_from demo' -l json
complete -c fa -n '__fish_seen_subcommand_from demo' -l no-trace
complete -c fa -n '__fish_seen_subcommand_from demo' -l only
complete -c fa -n '__fish_seen_subcommand_from demo' -l quiet
complete -c fa -n '__fish_seen_subcommand_from demo' -l report
complete -c fa -n '__fish_seen_subcommand_from demo' -l scene
complete -c fa -n '__fish_seen_subcommand_from demo' -l seed
complete -c fa -n '__fish_seen_subcommand_from demo' -l show-bug
complete -c fa -n '__fish_seen_subcommand_from demo' -l snapshots
complete -c fa -n '__fish_seen_subcommand_from demo' -l threads
complete -c fa -n '__fish_seen_subcommand_from demo' -l trace
complete -c fa -n '__fish_seen_subcommand_from demo' -l version
complete -c fa -n '__fish_seen_subcommand_from demo' -l warm-up
complete -c fa -n '__fish_seen_subcommand_from demo' -l with
complete -c fa -n __fish_use_subcommand -f -a check -d 'find memory that is used after its frame, before the program runs'
complete -c fa -n '__fish_seen_subcommand_from check' -l all
complete -c fa -n '__fish_seen_subcommand_from check' -l allow
complete -c fa -n '__fish_seen_subcommand_from check' -l architecture
complete -c fa -n '__fish_seen_subcommand_from check' -l async-safety
complete -c fa -n '__fish_seen_subcommand_from check' -l baseline
complete -c fa -n '__fish_seen_subcommand_from check' -l budgets
complete -c fa -n '__fish_seen_subcommand_from check' -l build
complete -c fa -n '__fish_seen_subcommand_from check' -l cache
complete -c fa -n '__fish_seen_subcommand_from check' -l changed
complete -c fa -n '__fish_seen_subcommand_from check' -l color
complete -c fa -n '__fish_seen_subcommand_from check' -l config
complete -c fa -n '__fish_seen_subcommand_from check' -l deny
complete -c fa -n '__fish_seen_subcommand_from check' -l deny-warnings
complete -c fa -n '__fish_seen_subcommand_from check' -l dirtymem
complete -c fa -n '__fish_seen_subcommand_from check' -l dry-run
complete -c fa -n '__fish_seen_subcommand_from check' -l exclude
complete -c fa -n '__fish_seen_subcommand_from check' -l fail-fast
complete -c fa -n '__fish_seen_subcommand_from check' -l fix
complete -c fa -n '__fish_seen_subcommand_from check' -l force
complete -c fa -n '__fish_seen_subcommand_from check' -l format
complete -c fa -n '__fish_seen_subcommand_from check' -l gpu
complete -c fa -n '__fish_seen_subcommand_from check' -l help
complete -c fa -n '__fish_seen_subcommand_from check' -l jobs
complete -c fa -n '__fish_seen_subcommand_from check' -l min-severity
complete -c fa -n '__fish_seen_subcommand_from check' -l no-cache
complete -c fa -n '__fish_seen_subcommand_from check' -l no-config
complete -c fa -n '__fish_seen_subcommand_from check' -l only
complete -c fa -n '__fish_seen_subcommand_from check' -l output
complete -c fa -n '__fish_seen_subcommand_from check' -l physics
complete -c fa -n '__fish_seen_subcommand_from check' -l quiet
complete -c fa -n '__fish_seen_subcommand_from check' -l shard
complete -c fa -n '__fish_seen_subcommand_from check' -l skip
complete -c fa -n '__fish_seen_subcommand_from check' -l stats
complete -c fa -n '__fish_seen_subcommand_from check' -l strict-annotations
complete -c fa -n '__fish_seen_subcommand_from check' -l threading
complete -c fa -n '__fish_seen_subcommand_from check' -l tidy-selftest
complete -c fa -n '__fish_seen_subcommand_from check' -l timeout
complete -c fa -n '__fish_seen_subcommand_from check' -l verbose
complete -c fa -n '__fish_seen_subcommand_from check' -l version
complete -c fa -n '__fish_seen_subcommand_from check' -l write-baseline
complete -c fa -n __fish_use_subcommand -f -a init -d 'write a .fa.toml with every default'
complete -c fa -n __fish_use_subcommand -f -a show -d 'show all that fa check says about one file'
complete -c fa -n __fish_use_subcommand -f -a lsp -d 'serve an editor: findings as you type'
complete -c fa -n __fish_use_subcommand -f -a merge -d 'join the reports of fa check --shard'
complete -c fa -n __fish_use_subcommand -f -a explain -d 'say what a diagnostic code means and how to put it right'
complete -c fa -n '__fish_seen_subcommand_from explain' -l all
complete -c fa -n '__fish_seen_subcommand_from explain' -l format
complete -c fa -n '__fish_seen_subcommand_from explain' -l help
complete -c fa -n '__fish_seen_subcommand_from explain' -l version
complete -c fa -n __fish_use_subcommand -f -a list -d 'list the diagnostic codes'
complete -c fa -n '__fish_seen_subcommand_from list' -l category
complete -c fa -n '__fish_seen_subcommand_from list' -l format
complete -c fa -n '__fish_seen_subcommand_from list' -l help
complete -c fa -n '__fish_seen_subcommand_from list' -l raised-by
complete -c fa -n '__fish_seen_subcommand_from list' -l severity
complete -c fa -n '__fish_seen_subcommand_from list' -l version
complete -c fa -n __fish_use_subcommand -f -a insight -d 'show what a running game holds, in the browser'
complete -c fa -n '__fish_seen_subcommand_from insight' -l directory
complete -c fa -n '__fish_seen_subcommand_from insight' -l help
complete -c fa -n '__fish_seen_subcommand_from insight' -l interval
complete -c fa -n '__fish_seen_subcommand_from insight' -l once
complete -c fa -n '__fish_seen_subcommand_from insight' -l serve
complete -c fa -n '__fish_seen_subcommand_from insight' -l snapshots
complete -c fa -n '__fish_seen_subcommand_from insight' -l version
complete -c fa -n __fish_use_subcommand -f -a diff -d 'compare two snapshots by tag'
complete -c fa -n '__fish_seen_subcommand_from diff' -l fail-over
complete -c fa -n '__fish_seen_subcommand_from diff' -l fail-over-device
complete -c fa -n '__fish_seen_subcommand_from diff' -l fail-over-tag
complete -c fa -n '__fish_seen_subcommand_from diff' -l format
complete -c fa -n '__fish_seen_subcommand_from diff' -l help
complete -c fa -n '__fish_seen_subcommand_from diff' -l min
complete -c fa -n '__fish_seen_subcommand_from diff' -l version
complete -c fa -n __fish_use_subcommand -f -a export -d 'convert snapshots for other tools'
complete -c fa -n '__fish_seen_subcommand_from export' -l help
complete -c fa -n '__fish_seen_subcommand_from export' -l output
complete -c fa -n '__fish_seen_subcommand_from export' -l to
complete -c fa -n '__fish_seen_subcommand_from export' -l version
