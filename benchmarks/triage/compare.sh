#!/bin/sh
# Times jq + awk against wa-doctor on one log, in turns: sh compare.sh LOG [WA-DOCTOR]
log=$1
doctor=${2:-wa-doctor}

by_hand() {
    jq -Rrc 'fromjson? | .entry[]?.changes[]?.value.statuses[]? | [.id, .status] | @tsv' "$log" |
        awk -F'\t' '{ rank = index("failed sent      delivered read      played", $2)
                      if (rank > last[$1]) last[$1] = rank }
                    END { for (id in last) count[last[id]]++; for (rank in count) print rank, count[rank] }'
}

triage() {
    "$doctor" triage "$log" --format json
}

for round in 1 2 3; do
    for way in by_hand triage; do
        began=$(date +%s.%N)
        $way >/dev/null 2>&1
        ended=$(date +%s.%N)
        echo "round $round $way $(echo "$ended $began" | awk '{ printf "%.2f s", $1 - $2 }')"
    done
done
