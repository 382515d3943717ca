module anneal/goipmi-sweep

go 1.24.0

require github.com/bougou/go-ipmi v0.9.1
