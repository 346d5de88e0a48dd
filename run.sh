#!/bin/sh
# Start Stockbook: wait for the database, bring its schema up to date, put sample data into it if it is empty, serve,
# and check that it answers.
#
#   ./run.sh [--background] [FLAG...]    flags of `stockbook serve`, such as --listen 127.0.0.1:8080
#
# The database is DATABASE_URL, or PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD; without them a private PostgreSQL.
#   STOCKBOOK      the program, if not the one built from this checkout
#   WAIT_SECONDS   how long to wait for the database, and then for the server (60)
# In the foreground it ends when it is told to (Ctrl-C, SIGTERM), and stops the server. If a step fails, it says so and
# ends with another code than 0.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
wait_seconds=${WAIT_SECONDS:-60}
background=false
if [ "${1:-}" = --background ]; then
    background=true
    shift
fi

say() { echo "run.sh: $*"; }
fail() {
    echo "run.sh: $*" >&2
    exit 1
}

"$here/tools/setup" curl
if [ -z "${STOCKBOOK:-}" ]; then
    "$here/tools/setup" rust cc
    cargo build --locked --quiet --workspace --manifest-path "$here/Cargo.toml"
    STOCKBOOK=${CARGO_TARGET_DIR:-$here/target}/debug/stockbook
fi

said=$(mktemp)
server=
# shellcheck disable=SC2317 # called by the trap
end() {
    code=$?
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -f "$said"
    exit "$code"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Wait for the database, and no longer than needed for what waiting does not mend.
last=
waited=0
until "$STOCKBOOK" migrate "$@" >"$said" 2>&1; do
    reason=$(sed -n 's/^error: //p' "$said")
    case $reason in
    *"authentication failed"*) fail "$reason" ;;
    *"cannot connect"*) ;;
    *) fail "${reason:-$(cat "$said")}" ;;
    esac
    [ "$waited" -lt "$wait_seconds" ] || fail "the database was not there within $wait_seconds s: $reason"
    [ "$reason" = "$last" ] || say "waiting for the database ($reason)"
    last=$reason
    sleep 1
    waited=$((waited + 1))
done
say "$(tail -n 1 "$said")"

"$STOCKBOOK" seed "$@" >"$said" || fail "the sample data could not be put in"
say "$(tail -n 1 "$said")"

"$STOCKBOOK" serve "$@" >"$said" &
server=$!
# With HTTPS, the certificate is for the name that clients use, not for this address.
get() { curl --silent --fail --insecure --noproxy '*' --max-time 5 "$1"; }
waited=0
until address=$(grep -Eo 'https?://[^ ]*' "$said" | head -n 1) && [ -n "$address" ] && get "$address/readyz" >/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "the server did not start: its message is above"
    [ "$waited" -lt "$wait_seconds" ] || fail "the server was not ready within $wait_seconds s"
    sleep 1
    waited=$((waited + 1))
done
get "$address/setup" >/dev/null || fail "GET $address/setup does not answer"
cat "$said"

if $background; then
    say "ready; stop it with: kill $server"
    server=
    exit 0
fi
say "ready; Ctrl-C stops it"
code=0
wait "$server" || code=$?
server=
exit "$code"
