#!/bin/sh
/usr/local/bin/containerboot &
until tailscale status >/dev/null 2>&1; do sleep 1; done
tailscale serve --tcp 8080 tcp://localhost:80 &
wait
