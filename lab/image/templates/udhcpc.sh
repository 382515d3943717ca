#!/bin/sh
# Sets the address that busybox's DHCP client got; without a router the network is only the local one.
case $1 in
  bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
    [ -n "$router" ] && ip route add default via "${router%% *}" dev "$interface"
    echo "ANNEAL address $interface $ip"
    ;;
esac
