"""The wire: messages, codecs, legality, errors, and names of the protocol's profiles."""
