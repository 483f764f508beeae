# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for usherctl(1)

# The words of the command line without the options: the command and what follows it.
function __usherctl_words
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -H --host --grace --message --reason --since --user --station
                set skip 1
            case '-*'
            case '*'
                echo -- $word
        end
    end
end

# usherctl on the machine that the command line names.
function __usherctl_run
    set -l where
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case -H --host
                set where -H $words[(math $i + 1)]
            case '--host=*'
                set where -H (string replace -- --host= '' $words[$i])
        end
    end
    command usherctl $where --no-pager --no-legend $argv 2>/dev/null
end

# Ids only: labels may contain spaces and quotes.
function __usherctl_ids
    __usherctl_run $argv | string replace --regex -- ' .*' ''
end

# The lines of the tree are not part of an id.
function __usherctl_hubs
    LC_ALL=C __usherctl_run hubs | string replace --regex -- '^[|` -]*' '' | string replace --regex -- ' .*' ''
end

function __usherctl_sessions
    loginctl --no-pager --no-legend list-sessions 2>/dev/null | string trim --left | string replace --regex -- ' .*' ''
end

# --help lists the commands that this usherctl has.
function __usherctl_verbs
    command usherctl --help 2>/dev/null | string replace --filter --regex -- '^  ([a-z][a-z-]*) .*' '$1'
end

# Whether the command is one of these, followed by so many words; -1 is any number.
function __usherctl_at
    set -l words (__usherctl_words)
    test (count $words) -gt 0; or return
    contains -- $words[1] $argv[2..]; or return
    test $argv[1] = -1; or test (count $words) = (math $argv[1] + 1)
end

complete -c usherctl -f
complete -c usherctl -n 'test (count (__usherctl_words)) = 0' -a '(__usherctl_verbs)'
complete -c usherctl -n '__usherctl_at -1 status log-off associate identify' -a '(__usherctl_ids list)'
complete -c usherctl -n '__usherctl_at 0 message label lock' -a '(__usherctl_ids list)'
complete -c usherctl -n '__usherctl_at -1 log-off-session' -a '(__usherctl_sessions)'
complete -c usherctl -n '__usherctl_at -1 cancel deny-time' -a '(__usherctl_ids jobs)'
complete -c usherctl -n '__usherctl_at 0 extend request-time' -a '(__usherctl_ids jobs)'
complete -c usherctl -n '__usherctl_at 0 attach' -a '(__usherctl_hubs)'
complete -c usherctl -n '__usherctl_at 1 attach' -a '(__usherctl_ids list)'
complete -c usherctl -n '__usherctl_at 0 mode' -a 'station console'

complete -c usherctl -l grace -x -d 'How long to warn users'
complete -c usherctl -l message -x -d 'Text to show in the warning'
complete -c usherctl -l reason -x -a 'requested idle restart power-off mode-switch' -d 'Reason of the log-off'
complete -c usherctl -l include-caller -d 'Let log-off-all end your own session too'
complete -c usherctl -l include-seatless -d 'Let log-off-all end sessions without a seat too'
complete -c usherctl -l block-logins -d 'Block new logins until these jobs have ended'
complete -c usherctl -l dry-run -d 'Show whom a log-off would end, and warn nobody'
complete -c usherctl -l since -x -d 'Let history and alerts begin at that time'
complete -c usherctl -l user -x -a '(__fish_complete_users)' -d 'Show only this user'
complete -c usherctl -l station -x -a '(__usherctl_ids list)' -d 'Show only this station'
complete -c usherctl -l wait -d 'Show the countdown until all jobs have ended'
complete -c usherctl -s q -l quiet -d 'Print nothing but errors'
complete -c usherctl -l json -a 'pretty short off' -d 'Print JSON'
complete -c usherctl -l no-legend -d 'Do not print the headings and the last line'
complete -c usherctl -l no-pager -d 'Do not start a pager'
complete -c usherctl -l no-ask-password -d 'Do not ask for passwords'
complete -c usherctl -s H -l host -x -a '(__fish_print_hostnames)' -d 'Work on another machine, through ssh'
complete -c usherctl -s h -l help -d 'Show help'
complete -c usherctl -l version -d 'Show the version'
