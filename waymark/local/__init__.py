"""Everything that starts, stops and checks the product on one machine: bootstrap, servers, demo, test."""
