#!/bin/sh
# Starts the container's own program, waits until the node is on the tailnet, then publishes the app.
/usr/local/bin/containerboot &
boot=$!
trap 'kill -TERM "$boot"' TERM INT

until tailscale status >/dev/null 2>&1; do
    kill -0 "$boot" 2>/dev/null || exit 1
    sleep 1
done

tailscale serve --tcp 80 tcp://localhost:5000 &

# the first wait ends with the signal, the second with the program
wait "$boot"
wait "$boot"
