"""`python -m camus_transport.cli`: the same program where its script isn't installed."""

from .main import main

main()
