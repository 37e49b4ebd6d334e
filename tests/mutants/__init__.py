"""Mutants of the core: is each changed line noticed? README.md beside this file explains."""
