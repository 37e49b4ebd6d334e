"""`python -m camus_transport.cli`, for installations without the `camus-serve` script."""

from .main import main

main()
