# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Part of tests/lib/layers, which makes the lines that this reads:
#
#     file PATH                        a source file
#     include PATH LINE QUOTE TARGET   an #include of it; QUOTE is " or <
#     build                            symbols follow
#     symbol LIBRARY OBJECT NAME TYPE  as nm prints it; U is an undefined symbol

# The order: what a folder may use besides itself.
BEGIN {
        may("daemon", "daemon/bus daemon/feature daemon/core daemon/hub daemon/peer common")
        may("daemon/bus", "daemon/feature daemon/core daemon/hub daemon/peer common")
        may("daemon/feature", "daemon/core daemon/hub daemon/peer common")
        may("daemon/core", "daemon/hub daemon/peer common")
        may("daemon/hub", "common")
        may("daemon/peer", "common")
        may("cli", "client common")
        may("warn", "client common")
        may("identify", "client common")
        may("associate", "client common")
        may("shutdown", "client common")
        may("repair", "common")
        may("stations", "stations/model common")
        may("stations/model", "common")
        may("client", "common")
        may("common", "")

        # The build makes these.
        generated["build-config.h"]
}

function may(folder, folders,    i, n, words) {
        known[folder]
        allowed[folder, folder]
        n = split(folders, words, " ")
        for (i = 1; i <= n; i++)
                allowed[folder, words[i]]
}

function folder_of(path) {
        return sub(/\/[^\/]*$/, "", path) ? path : "."
}

function module_of(path) {
        sub(/\.[ch]$/, "", path)
        return path
}

function name_of(path) {
        sub(/.*\//, "", path)
        return path
}

# kind is "include" or "symbol"; where is the line or the name of it.
function arrow(kind, from, to, where,    key) {
        if (from == to)
                return
        key = from SUBSEP to
        if (!(key in evidence)) {
                keys[++arrows] = key
                tail[arrows] = from
                head[arrows] = to
        }
        if (!((kind, key) in count))
                first[kind, key] = where
        count[kind, key]++
        if (++known_of[key] <= 4)
                evidence[key] = evidence[key] (known_of[key] > 1 ? ", " : "") where

        key = folder_of(from) SUBSEP folder_of(to)
        if (!(key in pairs))
                pairs[key] = folder_of(from) " -> " folder_of(to)
        count[kind, key]++
}

# ---- the lines ----

$1 == "file" {
        exists[$2]
        if (!(folder_of($2) in known))
                homeless[folder_of($2)] = $2
        modules[module_of($2)]
        files++
        next
}

$1 == "include" {
        if ($5 in generated)
                next
        # The include paths are the top of the tree and daemon/.
        if ($5 ~ /\// && $5 in exists)
                target = $5
        else if ($5 ~ /\// && ("daemon/" $5) in exists)
                target = "daemon/" $5
        else {
                if ($4 == "\"")
                        bare[++bares] = $2 ":" $3 ": \"" $5 "\""
                # It counts as the arrow that the compiler sees.
                target = folder_of($2) "/" $5
                if (!(target in exists))
                        next
        }
        arrow("include", module_of($2), module_of(target), $2 ":" $3)
        next
}

$1 == "build" {
        linked = 1
        next
}

# daemon/libusher-core and core_job are daemon/core/job, cli/libusher-cli-model and json are cli/json.
$1 == "symbol" {
        layer = name_of($2)
        sub(/^libusher-/, "", layer)
        home = folder_of($2)
        object = $3
        if (home == "daemon") {
                home = home "/" layer
                sub("^" layer "_", "", object)
        }
        libraries[home]
        if ($5 == "U")
                uses[++used] = home "/" object " " $4
        else
                defined[$4] = defined[$4] home "/" object " "
}

# ---- what follows from them ----

# Two programs may have functions of the same name: what a module may use goes first.
function definition(from, symbol,    i, n, homes) {
        n = split(defined[symbol], homes, " ")
        for (i = 1; i <= n; i++)
                if (homes[i] == from)
                        return from
        for (i = 1; i <= n; i++)
                if ((folder_of(from), folder_of(homes[i])) in allowed)
                        return homes[i]
        return homes[1]
}

function link_symbols(    i, use) {
        for (i = 1; i <= used; i++) {
                split(uses[i], use, " ")
                if (use[2] in defined)
                        arrow("symbol", use[1], definition(use[1], use[2]), use[2])
        }
}

function print_arrow(text, key) {
        printf "# %s: %d includes", text, count["include", key] | "sort"
        if (linked)
                printf ", %d symbols", count["symbol", key] | "sort"
        print "" | "sort"
}

function print_arrows(    i) {
        for (i in pairs)
                print_arrow(pairs[i], i)
        close("sort")
        for (i = 1; i <= arrows; i++)
                print_arrow(tail[i] " -> " head[i], keys[i])
        close("sort")
}

# meson shows the stderr of a failed test.
function complain(text) {
        print "# " text >"/dev/stderr"
        complaints++
}

function verdict(text) {
        print (complaints ? "not ok " : "ok ") ++verdicts " - " text
        if (complaints)
                failed = 1
        complaints = 0
}

function check_up(kind,    i) {
        for (i = 1; i <= arrows; i++)
                if ((kind, keys[i]) in first && !((folder_of(tail[i]), folder_of(head[i])) in allowed))
                        complain("up: " tail[i] " -> " head[i] " (" first[kind, keys[i]] ")")
        verdict("no " kind " runs up")
}

# A feature is a file and those whose names go on after a dash: label, label-check and label-file are one feature,
# hub-lost is one of its own as long as there is no file hub.
function feature_of(module,    feature, shorter) {
        feature = shorter = module
        while (sub(/-[^-\/]*$/, "", shorter))
                if (shorter in modules)
                        feature = shorter
        return feature
}

function check_features(    i) {
        for (i = 1; i <= arrows; i++)
                if (folder_of(tail[i]) == "daemon/feature" && folder_of(head[i]) == "daemon/feature" &&
                                feature_of(tail[i]) != feature_of(head[i]))
                        complain("feature: " tail[i] " -> " head[i] " (" evidence[keys[i]] ")")
        verdict("no feature uses another")
}

# An arrow is part of a circle if there is a way back.
function check_circles(folder,    i, j, k, n, names, way) {
        for (i in modules)
                if (folder_of(i) == folder)
                        names[++n] = i
        for (i = 1; i <= arrows; i++)
                way[keys[i]]
        for (k = 1; k <= n; k++)
                for (i = 1; i <= n; i++)
                        if ((names[i], names[k]) in way)
                                for (j = 1; j <= n; j++)
                                        if ((names[k], names[j]) in way)
                                                way[names[i], names[j]]
        for (i = 1; i <= arrows; i++)
                if (folder_of(tail[i]) == folder && folder_of(head[i]) == folder && (head[i], tail[i]) in way)
                        complain("circle: " tail[i] " -> " head[i] " (" evidence[keys[i]] ")")
        verdict("no circle between the files of " folder)
}

END {
        link_symbols()
        print_arrows()

        if (!files)
                complain("there is no C file")
        for (i in homeless)
                complain(homeless[i] ": the order in layers.awk has no folder '" i "'")
        verdict("every folder has its place in the order")

        for (i = 1; i <= bares; i++)
                complain(bare[i])
        verdict("includes carry the folder")

        check_up("include")
        if (linked) {
                for (i in known)
                        if (i ~ /^daemon\// && !(i in libraries))
                                complain("the build has no library of " i)
                check_up("symbol")
        }
        check_features()
        check_circles("daemon/core")
        check_circles("daemon/feature")

        print "1.." verdicts
        exit failed
}
